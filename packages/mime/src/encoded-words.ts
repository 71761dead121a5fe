// RFC 2047: encoded words become text. One pass; what is not a whole encoded word stays as it stands.
//
// More tolerant than the RFC where people's mail is: words inside quoted strings, without space between them, longer than 75
// characters, with spaces inside, and characters of many bytes cut between two words (their bytes are joined first).
import { decodeCharset } from './charset.ts';

interface Word {
  readonly charset: string;
  readonly bytes: Buffer;
  readonly end: number;
}

/** No charset has a longer name; keeps the search for its end short. */
const charsetLengthMax = 64;

export function decodeWords(text: string): string {
  let at = text.indexOf('=?');
  if (at < 0) return text;
  let out = '';
  let copied = 0;
  // Neighbours of one charset wait here for each other.
  let pending: Buffer[] = [];
  let pendingCharset = '';
  const flush = () => {
    if (pending.length > 0) out += decodeCharset(Buffer.concat(pending), pendingCharset);
    pending = [];
  };
  while (at >= 0) {
    const word = wordAt(text, at);
    if (word === undefined) {
      at = text.indexOf('=?', at + 2);
      continue;
    }
    const between = text.slice(copied, at);
    // RFC 2047 §6.2: white space between two encoded words is not shown.
    if (pending.length === 0 || !isBlank(between)) {
      flush();
      out += between;
    }
    if (pending.length > 0 && pendingCharset !== word.charset) flush();
    pendingCharset = word.charset;
    pending.push(word.bytes);
    copied = word.end;
    at = text.indexOf('=?', copied);
  }
  flush();
  return out + text.slice(copied);
}

function wordAt(text: string, at: number): Word | undefined {
  const charsetEnd = indexWithin(text, at + 2, charsetLengthMax);
  if (charsetEnd <= at + 2 || text[charsetEnd + 2] !== '?') return undefined;
  const encoding = text[charsetEnd + 1];
  const start = charsetEnd + 3;
  const end = text.indexOf('?', start);
  if (end < 0 || text[end + 1] !== '=') return undefined;
  const raw = text.slice(start, end);
  let bytes: Buffer;
  if (encoding === 'B' || encoding === 'b') bytes = Buffer.from(raw, 'base64');
  else if (encoding === 'Q' || encoding === 'q') bytes = decodeQ(raw);
  else return undefined;
  const name = text.slice(at + 2, charsetEnd);
  // RFC 2231 §5: a language may follow the charset.
  const star = name.indexOf('*');
  return { charset: (star < 0 ? name : name.slice(0, star)).toLowerCase(), bytes, end: end + 2 };
}

function indexWithin(text: string, from: number, max: number): number {
  const end = Math.min(text.length, from + max);
  for (let at = from; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x3f) return at;
    if (code <= 0x20) return -1;
  }
  return -1;
}

/** RFC 2047 §4.2. Characters beyond Latin-1 that stand there raw are kept as UTF-8. */
function decodeQ(raw: string): Buffer {
  const from = Buffer.from(raw, 'utf8');
  const to = Buffer.allocUnsafe(from.length);
  let length = 0;
  for (let at = 0; at < from.length; at += 1) {
    let byte = from[at] ?? 0;
    if (byte === 0x5f) byte = 0x20;
    else if (byte === 0x3d) {
      const value = hexPair(from[at + 1], from[at + 2]);
      if (value >= 0) {
        byte = value;
        at += 2;
      }
    }
    to[length] = byte;
    length += 1;
  }
  return to.subarray(0, length);
}

/** -1 when it is none. */
export function hexPair(high: number | undefined, low: number | undefined): number {
  const a = hexDigit(high);
  const b = hexDigit(low);
  return a < 0 || b < 0 ? -1 : a * 16 + b;
}

function hexDigit(code: number | undefined): number {
  if (code === undefined) return -1;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function isBlank(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) > 0x20) return false;
  }
  return true;
}
