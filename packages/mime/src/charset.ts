// Bytes in some charset become text. Never throws: a name nobody knows, or bytes that do not fit it, are read by a guess.
//
// The platform's decoders know what mail uses (WHATWG Encoding); the aliases below are names that only mail programs write.
import { isAscii, isUtf8 } from 'node:buffer';

const aliases: ReadonlyMap<string, string> = new Map([
  ['cp936', 'gbk'],
  ['ms936', 'gbk'],
  ['windows-936', 'gbk'],
  ['euc-cn', 'gbk'],
  ['x-gb18030', 'gb18030'],
  ['cp932', 'shift_jis'],
  ['ms932', 'shift_jis'],
  ['cp949', 'euc-kr'],
  ['ms949', 'euc-kr'],
  ['uhc', 'euc-kr'],
  ['cp950', 'big5'],
  ['iso-2022-jp-1', 'iso-2022-jp'],
  ['iso-2022-jp-2', 'iso-2022-jp'],
  ['iso-2022-jp-ms', 'iso-2022-jp'],
  ['latin-1', 'windows-1252'],
  ['iso-8859-1-windows-3.1-latin-1', 'windows-1252'],
  ['win-1251', 'windows-1251'],
  ['utf8mb4', 'utf-8'],
  ['utf-8-strict', 'utf-8'],
  ['unicode-1-1-utf-8', 'utf-8'],
]);

/** Written where the sender did not know; bytes above 127 are guessed. */
const unknownNames: ReadonlySet<string> = new Set([
  '',
  'us-ascii',
  'ascii',
  'ansi_x3.4-1968',
  'unknown-8bit',
  'x-unknown',
  'unknown',
  'default',
  '8bit',
  '7bit',
  'binary',
]);

const decoders = new Map<string, TextDecoder>();
const utf8 = new TextDecoder('utf-8');
const windows1252 = new TextDecoder('windows-1252');
const strictGb18030 = new TextDecoder('gb18030', { fatal: true });

/** Text of bytes[start, end); `charset` as a header names it. */
export function decodeCharset(
  bytes: Buffer,
  charset: string,
  start = 0,
  end: number = bytes.length,
): string {
  const name = charset.trim().toLowerCase();
  const slice = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
  if (unknownNames.has(name)) return guessText(slice);
  // Stateful and wide charsets write text with ASCII bytes that mean something else.
  if (!/^(?:utf-16|utf16|iso-2022|hz|utf-7|unicode|ucs|csunicode|x-user)/.test(name)) {
    if (isAscii(slice)) return slice.toString('latin1');
  }
  return decoderFor(name)?.decode(slice) ?? guessText(slice);
}

/** Bytes of no known charset: UTF-8 when they are (RFC 6532 §3.2), else what the two sites' people are most likely to have written. */
export function guessText(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (isUtf8(bytes)) return utf8.decode(bytes);
  return looksChinese(bytes) ? strictGb18030.decode(bytes) : windows1252.decode(bytes);
}

export function isKnownCharset(charset: string): boolean {
  const name = charset.trim().toLowerCase();
  return unknownNames.has(name) || decoderFor(name) !== undefined;
}

function decoderFor(name: string): TextDecoder | undefined {
  const known = decoders.get(name);
  if (known !== undefined) return known;
  try {
    const made = new TextDecoder(aliases.get(name) ?? name);
    // "replacement" turns everything into one sign; a guess says more.
    if (made.encoding === 'replacement') return undefined;
    decoders.set(name, made);
    return made;
  } catch {
    // Not a charset of this platform: the caller guesses, and nothing is remembered of a name somebody made up.
    return undefined;
  }
}

/** Pairs of high bytes that GB 2312 has (0xB0-0xF7, 0xA1-0xFE), mostly: Western text has high bytes one by one. */
function looksChinese(bytes: Buffer): boolean {
  let high = 0;
  let paired = 0;
  const end = Math.min(bytes.length, 4096);
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) continue;
    high += 1;
    const next = bytes[at + 1] ?? 0;
    if (byte >= 0xa1 && byte <= 0xf7 && next >= 0xa1 && next <= 0xfe) {
      high += 1;
      paired += 2;
      at += 1;
    }
  }
  if (paired < 2 || paired < high * 0.9) return false;
  try {
    strictGb18030.decode(bytes);
    return true;
  } catch {
    // Not Chinese after all: the caller takes the other guess.
    return false;
  }
}
