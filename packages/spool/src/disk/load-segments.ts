// Reads all segments after a start, in the background, and cures what a crash left: damaged records and torn tails are set aside in corrupt/, the
// tails are then cut off. Both are said aloud. A tail may be a write that was never acknowledged or the last acknowledged one, damaged since:
// nobody can tell, so its bytes are kept too.
import { join } from 'node:path';
import type { EventSink } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import type { Catalog } from './catalog.ts';
import type { Entry } from './entry.ts';
import { syncData, truncateFile } from './file-access.ts';
import type { Ledger } from './ledger.ts';
import type { MessageReader } from './message-reader.ts';
import { headerBytes } from './record.ts';
import { Replay } from './replay.ts';
import type { ReplyMemory } from './reply-memory.ts';
import type { RoutesOf } from './routes-of.ts';
import type { DamagedRange } from './scan-segment.ts';
import { scanSegment } from './scan-segment.ts';
import type { SegmentDirectory } from './segment-directory.ts';
import type { Segment } from './segment.ts';
import { setAside } from './set-aside.ts';

export interface LoadOptions {
  readonly dir: string;
  readonly catalog: Catalog;
  readonly memory: ReplyMemory;
  readonly segments: SegmentDirectory;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly reader: MessageReader;
  readonly routesOf: RoutesOf;
  readonly onEvent: EventSink;
  isStopped(): boolean;
}

/** Everything that was there at the start; what this run adds meanwhile is left alone. True when every record could be read. */
export async function loadPast(options: LoadOptions): Promise<boolean> {
  const { ledger, memory, clock, onEvent } = options;
  const toLoad = [...options.segments.segments.values()].filter(({ isLoaded }) => !isLoaded);
  try {
    await ledger.load(memory.keys, clock.now());
  } catch (cause) {
    // What it would have told only prevents doubles; the mail itself is in the segments.
    onEvent({ name: 'spool.corrupt', segment: 'ledger', atByte: 0, problem: String(cause) });
  }
  return await loadSegments(options, toLoad);
}

async function loadSegments(options: LoadOptions, toLoad: readonly Segment[]): Promise<boolean> {
  const replay = new Replay({ ...options, segments: options.segments.segments });
  let isWhole = true;
  for (const segment of toLoad) {
    if (options.isStopped()) return false;
    try {
      if (!(await loadSegment(options, replay, segment))) isWhole = false;
    } catch (cause) {
      // A disk that cannot be read here may be fine elsewhere. The segment is never reclaimed in this run, so nothing of it is lost.
      const problem = `The segment cannot be read or repaired: ${String(cause)}`;
      options.onEvent({ name: 'spool.corrupt', segment: segment.name, atByte: 0, problem });
      isWhole = false;
    }
  }
  for (const entry of replay.partly) await findRoutes(options, entry);
  return isWhole;
}

/** True when every byte of it is a record of ours. */
async function loadSegment(
  options: LoadOptions,
  replay: Replay,
  segment: Segment,
): Promise<boolean> {
  const { onEvent, isStopped } = options;
  const unknown: DamagedRange[] = [];
  const { damaged, validBytes } = await scanSegment({
    segment,
    isStopped,
    visit: (record) => {
      try {
        replay.apply(segment, record);
      } catch (cause) {
        // Whole by its checksum and still not ours: kept for a person, and the rest goes on.
        const { head, offset: from } = record;
        const to = from + headerBytes + head.metaLength + head.bodyLength;
        unknown.push({ from, to, problem: `The record makes no sense: ${String(cause)}` });
      }
    },
  });
  if (isStopped()) return false;
  const corrupt = join(options.dir, 'corrupt');
  const tail = {
    from: validBytes,
    to: segment.sizeBytes,
    problem: 'The end is no unfinished record of ours.',
  };
  const isTorn = validBytes < segment.sizeBytes && (await looksTorn(segment, validBytes));
  const isRubbish = validBytes < segment.sizeBytes && !isTorn;
  const toSetAside = [...damaged, ...unknown, ...(isRubbish ? [tail] : [])];
  for (const range of toSetAside) {
    const isNew = await setAside(corrupt, segment, range);
    if (isNew)
      onEvent({
        name: 'spool.corrupt',
        segment: segment.name,
        atByte: range.from,
        problem: range.problem,
      });
  }
  if (isTorn) {
    await setAside(corrupt, segment, tail, 'tail');
    await cutTail(segment, validBytes, onEvent);
  }
  segment.isLoaded = true;
  return toSetAside.length === 0 && !isTorn;
}

/** An append cut short begins as a record does, or with zeroes that never became one. Anything else was surely damaged later. */
async function looksTorn(segment: Segment, from: number): Promise<boolean> {
  const length = Math.min(segment.marker.length, segment.sizeBytes - from);
  const start = await segment.read(from, length);
  return start.equals(segment.marker.subarray(0, length)) || start.every((byte) => byte === 0);
}

async function cutTail(segment: Segment, validBytes: number, onEvent: EventSink): Promise<void> {
  const cutBytes = segment.sizeBytes - validBytes;
  segment.sizeBytes = validBytes;
  await truncateFile(segment.fd, validBytes);
  await syncData(segment.fd);
  onEvent({ name: 'spool.torn-tail', segment: segment.name, atByte: validBytes, cutBytes });
}

/** Some recipients are settled, so the routes of the rest need the envelope. */
async function findRoutes(
  { catalog, reader, routesOf, onEvent }: LoadOptions,
  entry: Entry,
): Promise<void> {
  try {
    const message = await reader.read(entry);
    entry.routes = catalog.intern(
      message.pending.length === 0 ? [] : routesOf(message, message.pending),
    );
    entry.hasPending = message.pending.length > 0;
  } catch (cause) {
    // It stays listed with all its routes; the reading that needs it will set it aside.
    onEvent({
      name: 'spool.corrupt',
      id: entry.id,
      segment: entry.segment.name,
      atByte: entry.offset,
      problem: String(cause),
    });
  }
}
