// Gets the XML out of an attachment: gzip, zip or as it is, told apart by their first bytes (types and names of attachments lie).
//
// Promise: no more than `xmlBytesMax` ever comes out, whatever the packed size says (threat 17); unpacking runs in zlib's own threads.
import { promisify } from 'node:util';
import { gunzip, inflateRaw } from 'node:zlib';
import { readZipEntry } from './zip-entry.ts';

/** The largest reports of the largest reporters have some megabytes. */
export const xmlBytesMax = 16 * 1024 * 1024;

export type Unpacked =
  | { readonly kind: 'xml'; readonly xml: Buffer }
  | { readonly kind: 'unreadable'; readonly problem: string }
  /** Nothing of the kind. */
  | { readonly kind: 'none' };

const gunzipAsync = promisify(gunzip);
const inflateAsync = promisify(inflateRaw);

export async function unpack(bytes: Buffer): Promise<Unpacked> {
  if (bytes.length > xmlBytesMax) return tooLarge;
  // RFC 1952 §2.3.1.
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    return inflated(gunzipAsync(bytes, { maxOutputLength: xmlBytesMax }));
  if (bytes.indexOf('PK\u0003\u0004') === 0) return unzipped(bytes);
  return looksLikeXml(bytes) ? { kind: 'xml', xml: bytes } : { kind: 'none' };
}

async function unzipped(bytes: Buffer): Promise<Unpacked> {
  const entry = readZipEntry(bytes);
  if (!entry.ok) return { kind: 'unreadable', problem: entry.problem };
  const { data, isDeflated } = entry.value;
  return isDeflated
    ? inflated(inflateAsync(data, { maxOutputLength: xmlBytesMax }))
    : { kind: 'xml', xml: data };
}

async function inflated(work: Promise<Buffer>): Promise<Unpacked> {
  try {
    return { kind: 'xml', xml: await work };
  } catch (cause) {
    // What zlib says about bytes of strangers is an answer: too much, or damaged.
    const isTooMuch =
      cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    return isTooMuch ? tooLarge : { kind: 'unreadable', problem: 'The attachment is damaged.' };
  }
}

const tooLarge: Unpacked = {
  kind: 'unreadable',
  problem: `Unpacked, the report is larger than ${xmlBytesMax} bytes.`,
};

/** "<" behind a byte order mark and blanks. */
function looksLikeXml(bytes: Buffer): boolean {
  const start = bytes
    .toString('latin1', 0, 200)
    .replace(/^(\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)/, '');
  return /^[\s\u0000]*</.test(start);
}
