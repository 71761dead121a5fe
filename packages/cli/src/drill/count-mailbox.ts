// Counts a drill's messages below a directory as any other tool would: files in new/ and cur/ of whatever Maildirs are there.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readNumber } from './numbered-mail.ts';

export interface MailCount {
  /** Number -> how often it is there. */
  readonly copies: ReadonlyMap<number, number>;
  /** Numbers of messages whose bytes changed. */
  readonly changed: readonly number[];
}

/** Larger files are no drill mail; they are not read. */
const mailMaxBytes = 256 * 1024;

export async function countMailbox(dir: string, run: string): Promise<MailCount> {
  const copies = new Map<number, number>();
  const changed: number[] = [];
  for (const name of await readdir(dir, { recursive: true })) {
    if (!/(^|\/)(new|cur)\/[^/]+$/.test(name)) continue;
    const bytes = await readSmall(join(dir, name));
    const found = bytes && readNumber(bytes, run);
    if (!found) continue;
    copies.set(found.number, (copies.get(found.number) ?? 0) + 1);
    if (!found.isUnchanged) changed.push(found.number);
  }
  return { copies, changed };
}

async function readSmall(path: string): Promise<Buffer | undefined> {
  try {
    const { size } = await stat(path);
    return size > mailMaxBytes ? undefined : await readFile(path);
  } catch (cause) {
    // Moved or removed since it was listed; whoever counts looks again.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}
