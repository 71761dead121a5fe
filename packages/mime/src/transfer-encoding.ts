// Content-Transfer-Encoding undone (RFC 2045 §6): whole, or piece by piece for parts too large to hold. Tolerant: characters that do
// not belong there are passed over, what is not whole at the end gives what it can. Linear, never throws.
import { hexPair } from './encoded-words.ts';

export type TransferEncoding = 'identity' | 'base64' | 'quoted-printable';

/** Undefined for encodings nobody knows (RFC 3516 §4.3 answers UNKNOWN-CTE). */
export function transferEncodingOf(name: string): TransferEncoding | undefined {
  switch (name.toLowerCase()) {
    case '7bit':
    case '8bit':
    case 'binary':
    case '':
      return 'identity';
    case 'base64':
      return 'base64';
    case 'quoted-printable':
      return 'quoted-printable';
    default:
      return undefined;
  }
}

/** The decoded bytes; of 'identity' the very same (no copy). */
export function decodeTransfer(bytes: Buffer, encoding: TransferEncoding): Buffer {
  if (encoding === 'identity') return bytes;
  const decoder = transferDecoder(encoding);
  const decoded = decoder.write(bytes);
  const rest = decoder.end();
  return rest.length === 0 ? decoded : Buffer.concat([decoded, rest]);
}

export interface TransferDecoder {
  write(piece: Buffer): Buffer;
  /** What was held back. */
  end(): Buffer;
}

export function transferDecoder(encoding: TransferEncoding): TransferDecoder {
  if (encoding === 'base64') return new Base64Decoder();
  if (encoding === 'quoted-printable') return new QuotedPrintableDecoder();
  return { write: (piece) => piece, end: () => nothing };
}

const nothing = Buffer.alloc(0);

// Value of each base64 letter; 255 for what is passed over, 254 for "=".
const sextets = new Uint8Array(256).fill(255);
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let value = 0; value < 64; value += 1) sextets[alphabet.charCodeAt(value)] = value;
sextets[0x3d] = 254;

/** RFC 2045 §6.8. Padding ends a group, not the data: some programs encode in pieces. */
class Base64Decoder implements TransferDecoder {
  #bits = 0;
  #count = 0;

  write(piece: Buffer): Buffer {
    const to = Buffer.allocUnsafe(Math.ceil((piece.length * 3) / 4) + 3);
    let length = 0;
    let bits = this.#bits;
    let count = this.#count;
    for (const byte of piece) {
      const value = sextets[byte] ?? 255;
      if (value < 64) {
        bits = (bits << 6) | value;
        count += 1;
        if (count === 4) {
          to[length] = bits >> 16;
          to[length + 1] = bits >> 8;
          to[length + 2] = bits;
          length += 3;
          bits = 0;
          count = 0;
        }
      } else if (value === 254) {
        length += flushSextets({ bits, count, to, at: length });
        bits = 0;
        count = 0;
      }
    }
    this.#bits = bits;
    this.#count = count;
    return to.subarray(0, length);
  }

  end(): Buffer {
    const to = Buffer.alloc(3);
    return to.subarray(0, flushSextets({ bits: this.#bits, count: this.#count, to, at: 0 }));
  }
}

interface Held {
  readonly bits: number;
  readonly count: number;
  readonly to: Buffer;
  readonly at: number;
}

function flushSextets({ bits, count, to, at }: Held): number {
  if (count === 2) {
    to[at] = bits >> 4;
    return 1;
  }
  if (count === 3) {
    to[at] = bits >> 10;
    to[at + 1] = bits >> 2;
    return 2;
  }
  return 0;
}

/** RFC 2045 §6.7. Blanks at the end of a line are the transport's; a "=" that means nothing stays. */
class QuotedPrintableDecoder implements TransferDecoder {
  #held: Buffer = nothing;

  write(piece: Buffer): Buffer {
    const from = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    // Whole lines only, except where a line is longer than any should be.
    const newline = from.lastIndexOf(0x0a);
    const isLong = from.length - newline > 4096;
    const whole = isLong ? safeCut(from) : newline + 1;
    this.#held = Buffer.from(from.subarray(whole));
    return decodeQuotedPrintable(from.subarray(0, whole));
  }

  end(): Buffer {
    const rest = decodeQuotedPrintable(this.#held);
    this.#held = nothing;
    return rest;
  }
}

/** Before a "=" that may lack its digits, and before blanks that may be the last of a line. */
function safeCut(bytes: Buffer): number {
  let cut = bytes.length;
  const equals = bytes.lastIndexOf(0x3d);
  if (equals >= 0 && equals > bytes.length - 3) cut = equals;
  while (cut > 0 && isBlank(bytes[cut - 1])) cut -= 1;
  return cut === 0 ? bytes.length : cut;
}

function decodeQuotedPrintable(from: Buffer): Buffer {
  const to = Buffer.allocUnsafe(from.length);
  let length = 0;
  // Where the blanks before this place begin in `to`.
  let text = 0;
  for (let at = 0; at < from.length; at += 1) {
    const byte = from[at] ?? 0;
    if (byte === 0x0a || (byte === 0x0d && from[at + 1] === 0x0a)) {
      length = text;
      to[length] = byte;
      length += 1;
      text = length;
    } else if (byte === 0x3d) {
      const value = hexPair(from[at + 1], from[at + 2]);
      const soft = value < 0 ? softBreakEnd(from, at + 1) : 0;
      if (value >= 0) {
        to[length] = value;
        at += 2;
        length += 1;
      } else if (soft > 0) {
        at = soft - 1;
      } else {
        to[length] = byte;
        length += 1;
      }
      text = length;
    } else {
      to[length] = byte;
      length += 1;
      if (!isBlank(byte)) text = length;
    }
  }
  return to.subarray(0, length);
}

/** Behind the line end that "=" takes away; 0 when there is none. */
function softBreakEnd(from: Buffer, start: number): number {
  let at = start;
  // As many blanks as a line may have; more are a trick.
  const end = Math.min(from.length, start + 1000);
  while (at < end && isBlank(from[at])) at += 1;
  if (from[at] === 0x0d && from[at + 1] === 0x0a) return at + 2;
  if (from[at] === 0x0a) return at + 1;
  return at === from.length ? at : 0;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}
