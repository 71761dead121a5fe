// The first words of a message for a list of messages (RFC 8970): at most 200 characters, without quoted lines when something else is
// there. Reads only as much of the part as that needs.
import { decodeCharset } from './charset.ts';
import { htmlText } from './html-text.ts';
import type { MessagePart } from './message.ts';
import { isMessage, isText } from './part-fields.ts';
import { decodeTransfer, transferEncodingOf } from './transfer-encoding.ts';

/** RFC 8970 §3.2. */
export const previewCharactersMax = 200;
const plainBytesMax = 4096;
/** Styles come first, often many. */
const htmlBytesMax = 98_304;

/** '' when the message has no text. */
export function previewOf(bytes: Buffer, structure: MessagePart): string {
  const texts = textParts(structure, []);
  const plain = texts.find((part) => part.subtype.toLowerCase() !== 'html');
  const first = plain && preview(bytes, plain);
  if (first) return first;
  const html = texts.find((part) => part.subtype.toLowerCase() === 'html');
  return html === undefined ? '' : preview(bytes, html);
}

/** What a person reads first: no attachments, nothing inside of other messages. At most depthMax deep. */
function textParts(part: MessagePart, found: MessagePart[]): readonly MessagePart[] {
  if (found.length >= 8) return found;
  if (isText(part) && part.disposition?.type.toLowerCase() !== 'attachment') found.push(part);
  if (!isMessage(part)) for (const child of part.parts) textParts(child, found);
  return found;
}

function preview(bytes: Buffer, part: MessagePart): string {
  const isHtml = part.subtype.toLowerCase() === 'html';
  const end = Math.min(part.bodyEnd, part.bodyStart + (isHtml ? htmlBytesMax : plainBytesMax));
  const encoding = transferEncodingOf(part.encoding) ?? 'identity';
  const decoded = decodeTransfer(bytes.subarray(part.bodyStart, end), encoding);
  const text = decodeCharset(decoded, part.parameters.get('charset') ?? '');
  return isHtml ? squeezed(htmlText(text)) : squeezed(withoutQuotes(text)) || squeezed(text);
}

function withoutQuotes(text: string): string {
  if (!text.includes('>')) return text;
  return text
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join('\n');
}

/** Blanks of every kind become one space; what is only there to fill previews goes. */
function squeezed(text: string): string {
  let out = '';
  let count = 0;
  let isGap = false;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (isInvisible(code)) continue;
    if (code <= 0x20 || code === 0x7f || code === 0xa0 || code === 0x3000 || isWideBlank(code)) {
      isGap = out !== '';
      continue;
    }
    if (count + (isGap ? 1 : 0) >= previewCharactersMax) break;
    if (isGap) {
      out += ' ';
      count += 1;
      isGap = false;
    }
    out += char;
    count += 1;
  }
  return out;
}

/** Soft hyphen, joiners, zero width, direction marks, byte order mark. */
function isInvisible(code: number): boolean {
  return (
    code === 0xad ||
    code === 0x34f ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x2064) ||
    code === 0xfeff
  );
}

function isWideBlank(code: number): boolean {
  return (code >= 0x2000 && code <= 0x200a) || code === 0x2028 || code === 0x2029;
}
