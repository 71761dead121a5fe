// MTA-STS policies as they were fetched, in memory and on disk: a restart must not open a window in which a destination's
// demand is forgotten (RFC 8461 §3.3 lives from what is remembered). One small file for each domain that mail went to.
import { mkdir, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '@restante/runtime';
import type { StsPolicy } from './sts-policy.ts';

export interface KeptPolicy {
  /** Of the TXT record that announced it. */
  readonly id: string;
  readonly policy: StsPolicy;
  readonly fetchedAtMs: number;
}

export interface KeptPolicies {
  get(domain: string): KeptPolicy | undefined;
  /** In memory at once; on disk when it resolves. Never rejects: `onTrouble` hears of a disk that does not take it. */
  set(domain: string, kept: KeptPolicy): Promise<void>;
}

export interface KeptPoliciesOptions {
  readonly dir: string;
  readonly nowMs: number;
  readonly onTrouble: (cause: unknown) => void;
}

export function isOver({ policy, fetchedAtMs }: KeptPolicy, nowMs: number): boolean {
  // A clock that was set back makes nothing last longer than it would have from now on.
  return nowMs >= fetchedAtMs + policy.maxAgeSeconds * 1000;
}

/** Never rejects: without the disk policies are kept in memory, and `onTrouble` hears of it. */
export async function openKeptPolicies(options: KeptPoliciesOptions): Promise<KeptPolicies> {
  const { dir, onTrouble } = options;
  const policies = new Map<string, KeptPolicy>();
  await readAll(options, policies).catch(onTrouble);
  return {
    get: (domain) => policies.get(domain),
    async set(domain, kept) {
      policies.set(domain, kept);
      try {
        await writeFileDurably(join(dir, `${domain}.json`), JSON.stringify(kept));
      } catch (cause) {
        onTrouble(cause);
      }
    },
  };
}

async function readAll(
  { dir, nowMs, onTrouble }: KeptPoliciesOptions,
  policies: Map<string, KeptPolicy>,
): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  for (const name of await readdir(dir)) {
    const path = join(dir, name);
    const kept = name.endsWith('.json') ? readKept(await readFile(path, 'utf8')) : undefined;
    // What is over, half written or not ours is of no use to anybody; the next message fetches it again.
    if (kept === undefined || isOver(kept, nowMs)) await unlink(path).catch(onTrouble);
    else policies.set(name.slice(0, -'.json'.length), kept);
  }
}

function readKept(text: string): KeptPolicy | undefined {
  try {
    const kept = JSON.parse(text) as KeptPolicy;
    const { mode, mx, maxAgeSeconds } = kept.policy;
    const isWhole =
      typeof kept.id === 'string' &&
      Number.isFinite(kept.fetchedAtMs) &&
      ['enforce', 'testing', 'none'].includes(mode) &&
      Array.isArray(mx) &&
      mx.every((name) => typeof name === 'string') &&
      Number.isFinite(maxAgeSeconds);
    return isWhole ? kept : undefined;
  } catch {
    return undefined; // Not JSON, or not an object: the same as no file.
  }
}
