// A look at a spool directory without changing a byte of it: for tools, with the node stopped. Beside a running node it is harmless too, but
// shows a moment that may be gone; `isLive` says so.
import { systemClock } from '@restante/runtime';
import { Catalog } from '../disk/catalog.ts';
import { isSpoolLocked } from '../disk/lock.ts';
import { MessageReader } from '../disk/message-reader.ts';
import { Replay } from '../disk/replay.ts';
import { ReplyMemory } from '../disk/reply-memory.ts';
import { scanSegment } from '../disk/scan-segment.ts';
import { SegmentDirectory } from '../disk/segment-directory.ts';
import { SpoolError } from '../errors.ts';

export interface SegmentRead {
  readonly segment: string;
  readonly sizeBytes: number;
  /** Sentences with byte offsets; empty for a whole segment. */
  readonly problems: readonly string[];
}

export interface ReadOnlySpool extends Disposable {
  readonly dir: string;
  readonly catalog: Catalog;
  readonly reader: MessageReader;
  readonly segments: SegmentDirectory;
  /** A running node has it open. */
  readonly isLive: boolean;
  /** Reads the next segments, one a step; the catalog is complete at the end. */
  load(): AsyncGenerator<SegmentRead>;
}

/** Throws SPOOL_UNUSABLE when there is no spool. */
export async function openReadOnly(dir: string): Promise<ReadOnlySpool> {
  const segments = new SegmentDirectory(dir);
  try {
    await segments.open('to-read');
  } catch (cause) {
    segments.close();
    throw new SpoolError('SPOOL_UNUSABLE', { cause, detail: dir });
  }
  const catalog = new Catalog();
  const memory = new ReplyMemory({ clock: systemClock, rememberMs: 0 });
  const replay = new Replay({ catalog, memory, segments: segments.segments, routesOf: () => [] });
  return {
    dir,
    catalog,
    segments,
    reader: new MessageReader(dir),
    isLive: isSpoolLocked(dir),
    load: async function* load() {
      for (const segment of segments.segments.values()) {
        const problems: string[] = [];
        const { damaged, validBytes } = await scanSegment({
          segment,
          visit: (record) => {
            try {
              replay.apply(segment, record);
            } catch (cause) {
              problems.push(`Record at byte ${record.offset}: makes no sense: ${String(cause)}`);
            }
          },
        });
        for (const { from, to, problem } of damaged)
          problems.push(`Bytes ${from} to ${to}: ${problem}`);
        if (validBytes < segment.sizeBytes) {
          problems.push(
            `Bytes ${validBytes} to ${segment.sizeBytes}: an unfinished or damaged write; the next start moves it to corrupt/.`,
          );
        }
        yield { segment: segment.name, sizeBytes: segment.sizeBytes, problems };
      }
    },
    [Symbol.dispose]: () => segments.close(),
  };
}

/** The same, read to the end. */
export async function readWholeSpool(dir: string): Promise<ReadOnlySpool> {
  const spool = await openReadOnly(dir);
  for await (const _ of spool.load());
  return spool;
}
