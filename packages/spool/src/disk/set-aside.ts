// Keeps bytes that cannot be believed for a person to look at: corrupt/<segment>-<from>-<to>.bin for damage, .tail for the end of a segment that
// was cut off after a crash. Durable and whole before anybody cuts or forgets the original; never half there under its name.
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventSink } from '@restante/mail-model';
import { syncDirectory } from '@restante/runtime';
import type { Entry } from './entry.ts';
import { openFlags, readInto } from './file-access.ts';
import type { Segment } from './segment.ts';

const pieceBytes = 1024 * 1024;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Copies the range; false when an earlier start did so already. */
export async function setAside(
  dir: string,
  segment: Segment,
  range: Range,
  kind: 'bin' | 'tail' = 'bin',
): Promise<boolean> {
  const name = `${segment.name.slice(0, -'.seg'.length)}-${range.from}-${range.to}.${kind}`;
  if ((await readdir(dir)).includes(name)) return false;
  const unfinished = join(dir, `${name}.tmp`);
  await rm(unfinished, { force: true }); // Of a start that was cut off in here.
  await copyRange(unfinished, segment, range);
  await rename(unfinished, join(dir, name));
  await syncDirectory(dir);
  return true;
}

async function copyRange(path: string, segment: Segment, { from, to }: Range): Promise<void> {
  const file = await open(path, openFlags.createNewForWriting, 0o600);
  try {
    await segment.reading(async () => {
      for (let at = from; at < to; at += pieceBytes) {
        const piece = Buffer.alloc(Math.min(pieceBytes, to - at));
        await readInto(segment.fd, piece, at);
        await file.writeFile(piece); // All of it, or it throws.
      }
    });
    await file.sync();
  } catch (cause) {
    await rm(path, { force: true }).catch(() => undefined); // The next start tries again; a full disk needs the room.
    throw cause;
  } finally {
    await file.close();
  }
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

/** How many damaged records wait for a person. Tails do not count: after a crash they are what one expects. */
export async function countSetAside(dir: string): Promise<number> {
  return (await readdir(dir)).filter((name) => name.endsWith('.bin')).length;
}
