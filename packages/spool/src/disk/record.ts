// One record of a segment: 32 bytes of header, meta (JSON), body.
//
//   0  marker       8 random bytes, the same in one segment and part of its file name
//   8  type         see recordTypes
//   9  version      1
//  10  flags        16 bits
//  12  metaLength   32 bits
//  16  bodyLength   32 bits
//  20  bodyCrc      CRC-32 of the body
//  24  batchStart   where the write began that this record was part of; everything before it had been synced or was idle
//  28  headCrc      CRC-32 of bytes 0-27 and the meta
//
// The marker is how reading finds its feet again behind a damaged record. Because it is random and secret, nobody can mail
// us a body that looks like a record.
import { crc32 } from 'node:zlib';

export const headerBytes = 32;
export const markerBytes = 8;
/** More than any envelope we accept needs; a length beyond it is damage. */
export const metaMaxBytes = 64 * 1024 * 1024;

export const recordTypes = {
  message: 1,
  /** The last words about recipients, merged. */
  outcomes: 2,
  /** Entries that are finished. */
  released: 3,
  hold: 4,
  unhold: 5,
  /** Entries whose client saw our reply. */
  confirmed: 6,
  /** Closed in order: whatever is damaged before it is damage and not a torn tail. */
  seal: 7,
} as const;

export type RecordType = (typeof recordTypes)[keyof typeof recordTypes];

export interface RecordToWrite {
  readonly type: RecordType;
  readonly meta: string;
  readonly body?: Buffer;
}

export interface RecordHead {
  readonly type: number;
  readonly metaLength: number;
  readonly bodyLength: number;
  readonly bodyCrc: number;
  readonly batchStart: number;
}

/** Header and meta in one buffer; the body is written behind it as it is. */
export function encodeHead(record: RecordToWrite, marker: Buffer, batchStart: number): Buffer {
  const metaLength = Buffer.byteLength(record.meta);
  const head = Buffer.allocUnsafe(headerBytes + metaLength);
  marker.copy(head, 0);
  head[8] = record.type;
  head[9] = 1;
  head.writeUInt16LE(0, 10);
  head.writeUInt32LE(metaLength, 12);
  head.writeUInt32LE(record.body?.length ?? 0, 16);
  head.writeUInt32LE(record.body ? crc32(record.body) : 0, 20);
  head.writeUInt32LE(batchStart, 24);
  head.write(record.meta, headerBytes, 'utf8');
  head.writeUInt32LE(headCrc(head, 0, metaLength), 28);
  return head;
}

/** Reads the fixed part; undefined when this is not one. The meta's checksum is a second step: see isHeadIntact. */
export function decodeHead(bytes: Buffer, at: number, marker: Buffer): RecordHead | undefined {
  if (marker.compare(bytes, at, at + markerBytes) !== 0 || bytes[at + 9] !== 1) return undefined;
  const metaLength = bytes.readUInt32LE(at + 12);
  if (metaLength > metaMaxBytes) return undefined;
  return {
    type: bytes[at + 8] ?? 0,
    metaLength,
    bodyLength: bytes.readUInt32LE(at + 16),
    bodyCrc: bytes.readUInt32LE(at + 20),
    batchStart: bytes.readUInt32LE(at + 24),
  };
}

/** True when header and meta are what was written. */
export function isHeadIntact(bytes: Buffer, at: number, metaLength: number): boolean {
  return headCrc(bytes, at, metaLength) === bytes.readUInt32LE(at + 28);
}

function headCrc(bytes: Buffer, at: number, metaLength: number): number {
  const ofMeta = bytes.subarray(at + headerBytes, at + headerBytes + metaLength);
  return crc32(ofMeta, crc32(bytes.subarray(at, at + 28)));
}
