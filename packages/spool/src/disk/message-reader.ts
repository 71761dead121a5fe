// Reads messages back: one disk access for head and body of a small one, each checked. Sequential readers (a drain goes oldest first) get their
// bytes from a piece read ahead.
import { crc32 } from 'node:zlib';
import type { MessageWithBody, SpoolBody, SpooledMessage } from '../spool.ts';
import type { Entry, OutcomesAt } from './entry.ts';
import { largeBody } from './large-body.ts';
import type { MessageMeta, OutcomeRow, OutcomesMeta } from './record-meta.ts';
import { fromRows, pendingOf } from './record-meta.ts';
import { decodeHead, headerBytes, isHeadIntact } from './record.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Segment } from './segment.ts';

/** The stored bytes are not what was written. The disk spool sets them aside and tells its caller SPOOL_UNREADABLE. */
export class DamagedRecord extends Error {
  override readonly name = 'DamagedRecord';
}

export class MessageReader {
  readonly #dir: string;
  readonly #ahead = new ReadAhead();

  constructor(dir: string) {
    this.#dir = dir;
  }

  async read(entry: Entry): Promise<SpooledMessage> {
    const where = whereabouts(entry);
    return messageOf(entry, where, await this.#find(where, where.headBytes));
  }

  async body(entry: Entry): Promise<SpoolBody> {
    const where = whereabouts(entry);
    if (entry.large === undefined) {
      return smallBody(
        where,
        await this.#ahead.read(where.segment, where.offset, where.recordBytes),
      );
    }
    return largeBody(this.#dir, { ...(await this.read(entry)), name: entry.large });
  }

  async readWithBody(entry: Entry): Promise<MessageWithBody> {
    const where = whereabouts(entry);
    const found = await this.#find(where, where.recordBytes);
    const message = messageOf(entry, where, found);
    const body =
      entry.large === undefined
        ? smallBody(where, found.bytes)
        : largeBody(this.#dir, { ...message, name: entry.large });
    return { message, body };
  }

  /** Both readings begin before anything is awaited: a segment may be retired at any moment, but not under a reader. */
  async #find({ segment, offset, outcomes }: Whereabouts, length: number): Promise<Found> {
    const bytes = this.#ahead.read(segment, offset, length);
    if (outcomes === undefined) return { bytes: await bytes, rows: undefined };
    const [read, rows] = await Promise.all([bytes, readRows(outcomes)]);
    return { bytes: read, rows };
  }
}

type Whereabouts = Pick<Entry, 'segment' | 'offset' | 'headBytes' | 'recordBytes' | 'outcomes'>;

/** Taken before anything is awaited: the entry may be moved meanwhile, and its outcomes with it. */
function whereabouts(entry: Entry): Whereabouts {
  const { segment, offset, headBytes, recordBytes, outcomes } = entry;
  return { segment, offset, headBytes, recordBytes, outcomes };
}

interface Found {
  readonly bytes: Buffer;
  /** Undefined when nothing was recorded since the message itself. */
  readonly rows: readonly OutcomeRow[] | undefined;
}

function messageOf(entry: Entry, where: Whereabouts, { bytes, rows }: Found): SpooledMessage {
  const meta = metaOf<MessageMeta>(bytes, where.segment);
  const outcomes = fromRows(rows ?? meta.state?.outcomes ?? []);
  const { state: _state, large: _large, ...facts } = meta;
  const message = { ...facts, pending: pendingOf(meta, outcomes), outcomes };
  return entry.heldReason === undefined ? message : { ...message, held: entry.heldReason };
}

/** Damaged outcomes are no outcomes: somebody may get a message twice, which is better than nobody getting it. */
async function readRows(at: OutcomesAt): Promise<readonly OutcomeRow[]> {
  try {
    return metaOf<OutcomesMeta>(await at.segment.read(at.offset, at.headBytes), at.segment).rows;
  } catch (cause) {
    if (cause instanceof DamagedRecord) return [];
    throw cause;
  }
}

function smallBody(where: Whereabouts, bytes: Buffer): SpoolBody {
  const head = decodeHead(bytes, 0, where.segment.marker);
  const body = bytes.subarray(where.headBytes);
  if (head === undefined || head.bodyLength !== body.length || crc32(body) !== head.bodyCrc) {
    throw new DamagedRecord('The body does not match its checksum.');
  }
  return { kind: 'bytes', bytes: body };
}

function metaOf<T>(bytes: Buffer, segment: Segment): T {
  const head = decodeHead(bytes, 0, segment.marker);
  if (
    head === undefined ||
    headerBytes + head.metaLength > bytes.length ||
    !isHeadIntact(bytes, 0, head.metaLength)
  ) {
    throw new DamagedRecord('The head does not match its checksum.');
  }
  return JSON.parse(bytes.toString('utf8', headerBytes, headerBytes + head.metaLength)) as T;
}
