// What ACME keeps between starts, in one directory: the account's key, the pair in one file (so that key and chain change at
// once), and when to ask again, because a node that starts in circles must not ask in circles.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '@restante/runtime';
import type { KeyAndChain } from '../certificate-source.ts';
import { CertificatesError } from '../errors.ts';

export interface Timing {
  readonly failures: number;
  readonly nextAtMs: number;
  /** For these names; others begin anew. */
  readonly names: readonly string[];
}

export interface AcmeState {
  pair(): Promise<KeyAndChain | undefined>;
  keepPair(pair: KeyAndChain): Promise<void>;
  timing(): Promise<Timing | undefined>;
  keepTiming(timing: Timing): Promise<void>;
}

export async function openAcmeState(dir: string): Promise<AcmeState> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const pairFile = join(dir, 'certificate.pem');
  const timingFile = join(dir, 'timing.json');
  return {
    async pair() {
      const text = await readIfThere(pairFile);
      if (text === undefined) return undefined;
      const at = text.indexOf('-----BEGIN CERTIFICATE-----');
      return at < 0 ? undefined : { key: text.slice(0, at), cert: text.slice(at) };
    },
    keepPair: async ({ key, cert }) => writeFileDurably(pairFile, `${key.trimEnd()}\n${cert}`),
    async timing() {
      const text = await readIfThere(timingFile);
      return text === undefined ? undefined : timingFrom(text);
    },
    keepTiming: async (timing) => writeFileDurably(timingFile, `${JSON.stringify(timing)}\n`),
  };
}

/** A damaged one costs nothing but one order too early. */
function timingFrom(text: string): Timing | undefined {
  try {
    const value = JSON.parse(text) as Partial<Timing> | null;
    const { failures, nextAtMs, names } = value ?? {};
    return typeof failures === 'number' && typeof nextAtMs === 'number' && Array.isArray(names)
      ? { failures, nextAtMs, names: names.map(String) }
      : undefined;
  } catch {
    return undefined;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new CertificatesError('ACME_STATE_UNREADABLE', { about: path, cause });
  }
}
