// Reads what is in a Maildir: names of its messages, and the bytes of all its folders (Maildir++: ".folder" beside cur).
import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { sizeInName } from './file-name.ts';

// Maildir convention: what lies in tmp/ longer than 36 hours was left by a program that died.
const leftoverAfterMs = 36 * 3600 * 1000;

export interface InboxNames {
  readonly new: readonly string[];
  readonly cur: readonly string[];
}

export async function scanInbox(dir: string): Promise<InboxNames> {
  const [fresh, cur] = await Promise.all([namesIn(join(dir, 'new')), namesIn(join(dir, 'cur'))]);
  return { new: fresh, cur };
}

/** Bytes in the inbox and in every folder. Names without a size are looked at one by one. */
export async function countUsage(dir: string, inbox: InboxNames): Promise<number> {
  let sum = (await sumOf(join(dir, 'new'), inbox.new)) + (await sumOf(join(dir, 'cur'), inbox.cur));
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (!entry.isDirectory() || !entry.name.startsWith('.')) continue;
    for (const part of ['new', 'cur']) {
      const path = join(dir, entry.name, part);
      sum += await sumOf(path, await namesIn(path));
    }
  }
  return sum;
}

/** Removes what died in tmp/. By ctime: our own files there carry the message's date as mtime. */
export async function removeLeftovers(dir: string, nowMs: number): Promise<void> {
  const tmp = join(dir, 'tmp');
  for (const name of await namesIn(tmp)) {
    const stat = await lstat(join(tmp, name)).catch(() => undefined); // Gone meanwhile: just what we want.
    if (stat?.isFile() === true && nowMs - stat.ctimeMs > leftoverAfterMs)
      await unlink(join(tmp, name)).catch(() => undefined);
  }
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
