// Reads what is in the directories of one folder: names of its messages, their bytes, and what was left in tmp/.
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sizeInName } from './file-name.ts';
import { messagePath } from './message-path.ts';

// Maildir convention: what lies in tmp/ longer than 36 hours was left by a program that died.
const leftoverAfterMs = 36 * 3600 * 1000;

/** Bytes and messages of one folder. Names without a size are looked at one by one. */
export async function sumOfNames(
  dir: string,
): Promise<{ readonly bytes: number; readonly messages: number }> {
  let [bytes, messages] = [0, 0];
  for (const part of ['new', 'cur'] as const) {
    const names = await listNames(dir, part);
    bytes += await sumOf(join(dir, part), names);
    messages += names.length;
  }
  return { bytes, messages };
}

/** Removes what died in tmp/. By ctime: our own files there carry the message's date as mtime. */
export async function removeLeftovers(dir: string, nowMs: number): Promise<void> {
  const tmp = join(dir, 'tmp');
  for (const name of await namesIn(tmp)) await removeIfOld(messagePath(tmp, name), nowMs);
}

/** A message that was never finished, or a folder that was being made. */
export async function removeIfOld(path: string | Buffer, nowMs: number): Promise<void> {
  const stat = await lstat(path).catch(() => undefined); // Gone meanwhile: just what we want.
  if (stat === undefined || nowMs - stat.ctimeMs <= leftoverAfterMs) return;
  if (stat.isFile() || stat.isDirectory())
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
}

/** Names of messages in a part of one folder. */
export async function listNames(dir: string, part: 'new' | 'cur'): Promise<readonly string[]> {
  return namesIn(join(dir, part));
}

/** Latin-1, so that a name in any encoding compares equal to itself. Dot files are not messages. */
async function namesIn(path: string): Promise<readonly string[]> {
  try {
    const names = await readdir(path, { encoding: 'latin1' });
    return names.filter((name) => !name.startsWith('.'));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw cause;
  }
}

async function sumOf(dir: string, names: readonly string[]): Promise<number> {
  let sum = 0;
  for (const name of names) sum += sizeInName(name) ?? (await sizeOnDisk(join(dir, name)));
  return sum;
}

async function sizeOnDisk(path: string): Promise<number> {
  const stat = await lstat(Buffer.from(path, 'latin1')).catch(() => undefined); // Expunged meanwhile counts nothing.
  return stat?.isFile() === true ? stat.size : 0;
}
