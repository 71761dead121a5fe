// Keys on disk: <dir>/<domain>/<selector>.json, directories 0700, files 0600, replaced as a whole (writeFileDurably).
//
// Promise: what is not one of our files is never opened; a file that is damaged is reported and the others are still read.
import { chown, mkdir, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseDomain } from '@restante/mail-model';
import { syncDirectory, writeFileDurably } from '@restante/runtime';
import { readPrivateKey, type DkimKey } from './dkim-key.ts';
import { DkimError } from './errors.ts';

const fileName = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)\.json$/;

/** Keys of a domain, oldest first; and what was found that is none. */
export interface KeysOfDomain {
  readonly keys: readonly DkimKey[];
  readonly problems: readonly string[];
}

export async function domainsWithKeys(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(emptyWhenMissing);
  return entries
    .filter((entry) => entry.isDirectory() && isDomain(entry.name))
    .map(({ name }) => name)
    .toSorted();
}

export async function readKeys(dir: string, domain: string): Promise<KeysOfDomain> {
  const folder = folderOf(dir, domain);
  const keys: DkimKey[] = [];
  const problems: string[] = [];
  for (const { name } of await readdir(folder, { withFileTypes: true }).catch(emptyWhenMissing)) {
    const selector = fileName.exec(name)?.[1];
    if (selector === undefined) continue;
    try {
      keys.push(parseKey(await readFile(join(folder, name), 'utf8'), { domain, selector }));
    } catch (cause) {
      problems.push(
        `${join(folder, name)}: ${cause instanceof Error ? cause.message : 'unreadable'}`,
      );
    }
  }
  keys.sort((a, b) => a.createdAtMs - b.createdAtMs || (a.selector < b.selector ? -1 : 1));
  return { keys, problems };
}

/** Changes whenever a key was written or removed; undefined without any. */
export async function versionOf(dir: string, domain: string): Promise<string | undefined> {
  try {
    const { mtimeNs, ctimeNs, ino } = await stat(folderOf(dir, domain), { bigint: true });
    return `${ino} ${mtimeNs} ${ctimeNs}`;
  } catch {
    return undefined;
  }
}

export async function writeKey(dir: string, key: DkimKey): Promise<void> {
  const folder = folderOf(dir, key.domain);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFileDurably(join(folder, `${key.selector}.json`), formatKey(key));
  await giveToOwner(dir, [dir, folder, join(folder, `${key.selector}.json`)]);
  // The names of the directories themselves.
  await syncDirectory(dir);
}

export async function removeKey(dir: string, { domain, selector }: DkimKey): Promise<void> {
  await unlink(join(folderOf(dir, domain), `${selector}.json`));
}

export function formatKey(key: DkimKey): string {
  const { domain, selector, createdAtMs, signsFromMs, signsUntilMs, privateKey } = key;
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const stored = { domain, selector, createdAtMs, signsFromMs, signsUntilMs, privateKey: pem };
  return `${JSON.stringify(stored, undefined, 2)}\n`;
}

/** Throws what is wrong with it. */
export function parseKey(
  text: string,
  expected: { readonly domain?: string; readonly selector?: string } = {},
): DkimKey {
  const stored: unknown = JSON.parse(text);
  if (typeof stored !== 'object' || stored === null) throw new Error('is no key');
  const read = stored as Readonly<Record<string, unknown>>;
  const { domain, selector, createdAtMs, signsFromMs, signsUntilMs, privateKey } = read;
  if (typeof domain !== 'string' || !isDomain(domain)) throw new Error('names no domain');
  if (typeof selector !== 'string' || !fileName.test(`${selector}.json`))
    throw new Error('names no selector');
  if (expected.domain !== undefined && expected.domain !== domain)
    throw new Error('is of another domain');
  if (expected.selector !== undefined && expected.selector !== selector)
    throw new Error('is of another selector');
  if (
    !isTime(createdAtMs) ||
    !isTime(signsFromMs) ||
    (signsUntilMs !== undefined && !isTime(signsUntilMs))
  )
    throw new Error('has no times');
  const parsed = typeof privateKey === 'string' ? readPrivateKey(privateKey) : undefined;
  if (parsed === undefined) throw new Error('has no RSA key of 2048 bits and no Ed25519 key');
  return {
    domain,
    selector,
    createdAtMs,
    signsFromMs,
    ...(signsUntilMs === undefined ? {} : { signsUntilMs }),
    ...parsed,
  };
}

/** An operator makes keys as root; the site that reads them is somebody else, who owns the directory they are in. */
async function giveToOwner(dir: string, paths: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(dir));
  if (uid === 0) return;
  for (const path of paths) await chown(path, uid, gid);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** A-labels only: the name becomes a path. */
function isDomain(name: string): boolean {
  const parsed = parseDomain(name);
  return parsed.ok && parsed.value === name && !name.startsWith('[');
}

function folderOf(dir: string, domain: string): string {
  if (!isDomain(domain)) throw new DkimError('DKIM_KEYS_MISSING', { about: domain });
  return join(dir, domain);
}

function emptyWhenMissing(cause: unknown): [] {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
  throw new DkimError('DKIM_KEY_UNREADABLE', { cause });
}
