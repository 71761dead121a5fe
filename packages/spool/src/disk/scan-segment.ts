// Reads the heads of all records of a segment in large sequential pieces; bodies are passed over, except those of the last batch, whose
// checksums tell whether the write was ever finished.
//
// Finds its feet behind damage by looking for the next marker with a valid head. Says what it passed over; never throws for damage.
import { crc32 } from 'node:zlib';
import { readInto } from './file-access.ts';
import { decodeHead, headerBytes, isHeadIntact } from './record.ts';
import type { RecordHead } from './record.ts';
import type { Segment } from './segment.ts';

export interface ScannedRecord {
  readonly head: RecordHead;
  readonly offset: number;
  readonly meta: Buffer;
}

export interface DamagedRange {
  readonly from: number;
  readonly to: number;
  readonly problem: string;
}

export interface ScanResult {
  readonly damaged: readonly DamagedRange[];
  /** Where a torn tail begins; the size of the segment when it is whole. */
  readonly validBytes: number;
}

export interface ScanOptions {
  readonly segment: Segment;
  /** Where to begin; a place inside a record is fine. */
  readonly fromByte?: number;
  visit(record: ScannedRecord): void;
  /** True ends the reading early. */
  isStopped?(): boolean;
}

const windowBytes = 1024 * 1024;

export async function scanSegment(options: ScanOptions): Promise<ScanResult> {
  return await options.segment.reading(async () => await scan(options));
}

async function scan({ segment, fromByte = 0, visit, isStopped }: ScanOptions): Promise<ScanResult> {
  const window = new Window(segment.fd, segment.sizeBytes);
  const damaged: DamagedRange[] = [];
  // Held back until the next batch begins: only then is it sure that their write was finished.
  let lastBatch: ScannedRecord[] = [];
  let at = fromByte;
  while (at < window.endByte) {
    if (isStopped?.() === true) return { damaged: [], validBytes: segment.sizeBytes };
    // Awaiting only when the bytes are not there yet keeps 100,000 records cheap.
    const seen = headAt(window, at, segment);
    const head = seen === 'not-loaded' ? await loadHead(window, at, segment) : seen;
    if (head === undefined) {
      const next = await nextRecord(window, at + 1, segment);
      if (next === undefined) break;
      if (at > fromByte || fromByte === 0)
        damaged.push({ from: at, to: next, problem: 'The head of a record is damaged.' });
      at = next;
      continue;
    }
    if (lastBatch[0]?.head.batchStart !== head.batchStart) {
      lastBatch.forEach(visit);
      lastBatch = [];
    }
    const metaAt = window.indexOf(at) + headerBytes;
    lastBatch.push({
      head,
      offset: at,
      meta: Buffer.from(window.bytes.subarray(metaAt, metaAt + head.metaLength)),
    });
    at += headerBytes + head.metaLength + head.bodyLength;
  }
  const checked = await checkBodies(segment, lastBatch, Math.min(at, window.endByte));
  checked.good.forEach(visit);
  return { damaged: [...damaged, ...checked.damaged], validBytes: checked.validBytes };
}

interface CheckedBatch extends ScanResult {
  readonly good: readonly ScannedRecord[];
}

/** From the end: bad bodies with nothing good behind them are a torn tail, others are damage. */
async function checkBodies(
  segment: Segment,
  batch: readonly ScannedRecord[],
  endByte: number,
): Promise<CheckedBatch> {
  const good: ScannedRecord[] = [];
  const damaged: DamagedRange[] = [];
  let validBytes = endByte;
  for (const record of batch.toReversed()) {
    const to = record.offset + headerBytes + record.head.metaLength + record.head.bodyLength;
    if (await isBodyIntact(segment, record, to)) good.push(record);
    else if (to === validBytes) validBytes = record.offset;
    else damaged.push({ from: record.offset, to, problem: 'The body of a record is damaged.' });
  }
  return { good: good.reverse(), damaged, validBytes };
}

async function isBodyIntact(
  segment: Segment,
  { head }: ScannedRecord,
  to: number,
): Promise<boolean> {
  if (head.bodyLength === 0) return true;
  const body = Buffer.allocUnsafe(head.bodyLength);
  const filled = await readInto(segment.fd, body, to - head.bodyLength);
  return filled === head.bodyLength && crc32(body) === head.bodyCrc;
}

/** The valid head at this place, undefined when there is none, or word that its bytes are not in memory. */
function headAt(
  window: Window,
  at: number,
  segment: Segment,
): RecordHead | undefined | 'not-loaded' {
  if (!window.has(at, headerBytes)) return 'not-loaded';
  const head = decodeHead(window.bytes, window.indexOf(at), segment.marker);
  if (head === undefined || at + headerBytes + head.metaLength + head.bodyLength > window.endByte)
    return undefined;
  if (!window.has(at, headerBytes + head.metaLength)) return 'not-loaded';
  return isHeadIntact(window.bytes, window.indexOf(at), head.metaLength) ? head : undefined;
}

async function loadHead(
  window: Window,
  at: number,
  segment: Segment,
): Promise<RecordHead | undefined> {
  if (!(await window.load(at, headerBytes))) return undefined;
  const head = decodeHead(window.bytes, window.indexOf(at), segment.marker);
  if (head === undefined || !(await window.load(at, headerBytes + head.metaLength)))
    return undefined;
  const loaded = headAt(window, at, segment);
  return loaded === 'not-loaded' ? undefined : loaded;
}

async function nextRecord(
  window: Window,
  from: number,
  segment: Segment,
): Promise<number | undefined> {
  for (let at = from; at + headerBytes <= window.endByte;) {
    await window.load(at, headerBytes);
    const index = window.bytes.indexOf(segment.marker, window.indexOf(at));
    if (index < 0 || index + segment.marker.length > window.filled) {
      at = Math.max(at + 1, window.startByte + window.filled - segment.marker.length + 1);
      continue;
    }
    at = window.startByte + index;
    if ((await loadHead(window, at, segment)) !== undefined) return at;
    at += 1;
  }
  return undefined;
}

/** A piece of the file in memory. */
class Window {
  readonly endByte: number;
  readonly #fd: number;
  bytes = Buffer.allocUnsafe(windowBytes);
  startByte = 0;
  filled = 0;

  constructor(fd: number, endByte: number) {
    this.#fd = fd;
    this.endByte = endByte;
  }

  has(at: number, length: number): boolean {
    return at >= this.startByte && at + length <= this.startByte + this.filled;
  }

  indexOf(at: number): number {
    return at - this.startByte;
  }

  /** Makes the bytes available; false when the file ends before. */
  async load(at: number, length: number): Promise<boolean> {
    if (this.has(at, length)) return true;
    if (at + length > this.endByte) return false;
    if (length > this.bytes.length) this.bytes = Buffer.allocUnsafe(length);
    this.startByte = at;
    this.filled = 0;
    this.filled = await readInto(
      this.#fd,
      this.bytes,
      at,
      Math.min(this.bytes.length, this.endByte - at),
    );
    return this.has(at, length);
  }
}
