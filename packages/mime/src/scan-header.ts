// Finds, in one pass over a header, the fields that say what a message is: where each value stands. Nothing is decoded before
// somebody wants it, and other fields cost only the search for their line end.
import { isAscii } from 'node:buffer';
import type { Boundaries } from './boundaries.ts';
import { guessText } from './charset.ts';

const names = [
  'date',
  'subject',
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'in-reply-to',
  'message-id',
  'references',
  'content-type',
  'content-transfer-encoding',
  'content-id',
  'content-description',
  'content-disposition',
  'content-md5',
  'content-language',
  'content-location',
] as const;

export type KnownField = (typeof names)[number];

const nameLengthMax = 25;

interface Candidate {
  readonly name: KnownField;
  readonly bytes: Buffer;
}

/** By length and first letter. */
const candidates = new Map<number, Candidate[]>();
for (const name of names) {
  const key = name.length * 32 + (name.charCodeAt(0) & 31);
  candidates.set(key, [...(candidates.get(key) ?? []), { name, bytes: Buffer.from(name) }]);
}

export interface ScannedHeader {
  /** Behind the empty line. */
  readonly bodyStart: number;
  /** In the order they stand. */
  readonly fields: readonly ScannedField[];
  readonly isAscii: boolean;
}

export interface ScannedField {
  readonly name: KnownField;
  readonly start: number;
  end: number;
}

/** Stops behind the empty line, or before the boundary of an open multipart (a part that is cut off in its header). */
export function scanHeader(bytes: Buffer, start: number, boundaries: Boundaries): ScannedHeader {
  const fields: ScannedField[] = [];
  let open: ScannedField | undefined;
  let at = start;
  for (const end = bytes.length; at < end;) {
    const first = bytes[at];
    const newline = bytes.indexOf(0x0a, at);
    const next = newline < 0 ? end : newline + 1;
    if (first === 0x20 || first === 0x09) {
      if (open !== undefined) open.end = next;
    } else if (first === 0x0a || (first === 0x0d && newline === at + 1)) {
      at = next;
      break;
    } else if (first === 0x2d && bytes[at + 1] === 0x2d && boundaries.match(bytes, at + 2)) {
      break;
    } else {
      open = fieldAt(bytes, at, next);
      if (open !== undefined) fields.push(open);
    }
    at = next;
  }
  return { bodyStart: at, fields, isAscii: isAscii(bytes.subarray(start, at)) };
}

function fieldAt(bytes: Buffer, at: number, next: number): ScannedField | undefined {
  const end = Math.min(next, at + nameLengthMax + 8);
  let colon = at;
  while (colon < end && bytes[colon] !== 0x3a) colon += 1;
  if (colon === end) return undefined;
  let nameEnd = colon;
  while (nameEnd > at && (bytes[nameEnd - 1] === 0x20 || bytes[nameEnd - 1] === 0x09)) nameEnd -= 1;
  const length = nameEnd - at;
  for (const candidate of candidates.get(length * 32 + ((bytes[at] ?? 0) & 31)) ?? []) {
    if (isName(bytes, at, candidate.bytes))
      return { name: candidate.name, start: colon + 1, end: next };
  }
  return undefined;
}

function isName(bytes: Buffer, at: number, name: Buffer): boolean {
  for (let index = 0; index < name.length; index += 1) {
    const byte = bytes[at + index] ?? 0;
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (lower !== name[index]) return false;
  }
  return true;
}

/** Longer values are cut: nobody reads them, and everybody would carry them. Address lists have a limit of their own. */
const valueLengthMax = 65_536;

/**
 * The value as text: unfolded (RFC 5322 §2.2.3), one line, without NUL. UTF-8 as it is (RFC 6532); bytes of another charset are
 * read by a guess, because their sender did not say which.
 */
export function fieldText(bytes: Buffer, header: ScannedHeader, field: ScannedField): string {
  const text = header.isAscii
    ? bytes.toString('latin1', field.start, field.end)
    : guessText(bytes.subarray(field.start, field.end));
  return oneLine(text);
}

/** As fieldText, but never longer than anybody needs. */
export function shortFieldText(bytes: Buffer, header: ScannedHeader, field: ScannedField): string {
  const end = Math.min(field.end, field.start + valueLengthMax);
  return fieldText(bytes, header, end === field.end ? field : { ...field, end });
}

export function oneLine(text: string): string {
  const trimmed = text.trim();
  if (!/[\r\n\0]/.test(trimmed)) return trimmed;
  // A fold is one space, however it was indented.
  return trimmed.replaceAll(/\r?\n[ \t]*/g, ' ').replaceAll(/[\r\0]/g, ' ');
}
