// Keeps damaged bytes for a person to look at: corrupt/<segment>-<offset>.bin, durable, once.
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventSink } from '@restante/mail-model';
import { syncDirectory } from '@restante/runtime';
import type { Entry } from './entry.ts';
import { openFlags, readInto } from './file-access.ts';
import type { Segment } from './segment.ts';

const pieceBytes = 1024 * 1024;

/** Copies the range; false when an earlier start did so already. */
export async function setAside(
  dir: string,
  segment: Segment,
  range: { readonly from: number; readonly to: number },
): Promise<boolean> {
  const name = `${segment.name.slice(0, -'.seg'.length)}-${range.from}.bin`;
  if ((await readdir(dir)).includes(name)) return false;
  const file = await open(join(dir, name), openFlags.createNewForWriting, 0o600);
  try {
    await segment.reading(async () => {
      for (let at = range.from; at < range.to; at += pieceBytes) {
        const piece = Buffer.alloc(Math.min(pieceBytes, range.to - at));
        await readInto(segment.fd, piece, at);
        await file.write(piece);
      }
    });
    await file.sync();
  } finally {
    await file.close();
  }
  await syncDirectory(dir);
  return true;
}

/** The same for a message that was found damaged while reading it. */
export async function setAsideEntry(
  dir: string,
  entry: Entry,
  problem: string,
  onEvent: EventSink,
): Promise<void> {
  const { id, segment, offset: from } = entry;
  await setAside(dir, segment, { from, to: from + entry.recordBytes });
  onEvent({ name: 'spool.corrupt', id, segment: segment.name, atByte: from, problem });
}

export async function countSetAside(dir: string): Promise<number> {
  return (await readdir(dir)).length;
}
