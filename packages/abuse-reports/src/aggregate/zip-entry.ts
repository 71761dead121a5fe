// The one file of a zip archive that matters here: the first whose name ends in .xml, else the first at all (PKWARE APPNOTE 4.3).
//
// Read by the directory at the end, as archivers do: sizes in front of the data may be missing. Nothing is unpacked here, no name in the
// archive is ever used as one, and every offset is checked. No encryption, no parts, no zip64: no report needs them.
import type { Parsed } from '@restante/mail-model';

export interface ZipEntry {
  readonly data: Buffer;
  readonly isDeflated: boolean;
}

const endSignature = 0x06054b50;
const directorySignature = 0x02014b50;
const localSignature = 0x04034b50;
/** The end record has 22 bytes and a comment of at most 65,535. */
const endBytesMax = 22 + 65_535;
const entriesMax = 1000;

interface Listed {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly packedBytes: number;
  readonly offset: number;
}

export function readZipEntry(bytes: Buffer): Parsed<ZipEntry> {
  const listed = readDirectory(bytes);
  if (listed === undefined) return no('The archive is damaged or not a zip file.');
  const files = listed.filter(({ name }) => !name.endsWith('/'));
  const entry = files.find(({ name }) => /\.xml$/i.test(name)) ?? files[0];
  if (entry === undefined) return no('The archive is empty.');
  if ((entry.flags & 1) === 1) return no('The archive is encrypted.');
  if (entry.method !== 0 && entry.method !== 8)
    return no('The archive is packed by a method nobody uses for reports.');
  const data = dataOf(bytes, entry);
  return data === undefined
    ? no('The archive is damaged.')
    : { ok: true, value: { data, isDeflated: entry.method === 8 } };
}

function readDirectory(bytes: Buffer): readonly Listed[] | undefined {
  const end = endRecord(bytes);
  if (end === undefined) return undefined;
  const count = Math.min(bytes.readUInt16LE(end + 10), entriesMax);
  let at = bytes.readUInt32LE(end + 16);
  const listed: Listed[] = [];
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== directorySignature) return undefined;
    const nameEnd = at + 46 + bytes.readUInt16LE(at + 28);
    listed.push({
      name: bytes.toString('latin1', at + 46, Math.min(nameEnd, bytes.length)),
      flags: bytes.readUInt16LE(at + 8),
      method: bytes.readUInt16LE(at + 10),
      packedBytes: bytes.readUInt32LE(at + 20),
      offset: bytes.readUInt32LE(at + 42),
    });
    at = nameEnd + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return listed;
}

function endRecord(bytes: Buffer): number | undefined {
  const stop = Math.max(0, bytes.length - endBytesMax);
  for (let at = bytes.length - 22; at >= stop; at -= 1) {
    // Its comment reaches to the end: else it is one that stands in a comment.
    const isEnd = bytes.readUInt32LE(at) === endSignature;
    if (isEnd && at + 22 + bytes.readUInt16LE(at + 20) === bytes.length) return at;
  }
  return undefined;
}

function dataOf(bytes: Buffer, { offset, packedBytes }: Listed): Buffer | undefined {
  if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== localSignature) return undefined;
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  const end = start + packedBytes;
  return end > bytes.length ? undefined : bytes.subarray(start, end);
}

function no(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
