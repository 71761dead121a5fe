// A block of header fields as bytes: where it ends, which fields it has, those that were asked for. Changes nothing, decodes nothing.
//
// Lines end with CRLF or LF alone. As everywhere here, only an empty line (or the end) closes the block: a line that is no field
// stays in it, as Dovecot has it, so that two servers on one Maildir cut the same message at the same place.

/** One field, in bytes of the message it stands in. */
export interface HeaderField {
  /** As it stands, without the colon. Empty for a line that is no field. */
  readonly name: string;
  readonly start: number;
  /** Behind the colon. */
  readonly valueStart: number;
  /** Behind the line end of its last line. */
  readonly end: number;
}

/** Where the body begins: behind the empty line; `end` when there is none. */
export function headerEnd(bytes: Buffer, start = 0, end: number = bytes.length): number {
  for (let at = start; at < end;) {
    const newline = bytes.indexOf(0x0a, at);
    if (newline < 0 || newline >= end) return end;
    if (newline === at || (newline === at + 1 && bytes[at] === 0x0d)) return newline + 1;
    at = newline + 1;
  }
  return end;
}

/** A whole message taken apart: header lines without the empty line behind them, and the body. Both are views. */
export function splitMessage(bytes: Buffer): { readonly header: Buffer; readonly body: Buffer } {
  const bodyAt = headerEnd(bytes);
  const header = bytes.subarray(0, bodyAt - emptyLineBefore(bytes, bodyAt));
  return { header, body: bytes.subarray(bodyAt) };
}

/** How many bytes the empty line has that ends here; 0 when it is the end of a field. */
function emptyLineBefore(bytes: Buffer, end: number): number {
  if (bytes[end - 1] !== 0x0a) return 0;
  const length = bytes[end - 2] === 0x0d ? 2 : 1;
  const start = end - length;
  return start === 0 || bytes[start - 1] === 0x0a ? length : 0;
}

/** Fields in the order they stand; reading stops at the empty line. */
export function headerFields(
  bytes: Buffer,
  start = 0,
  end: number = bytes.length,
): readonly HeaderField[] {
  const fields: HeaderField[] = [];
  for (let at = start; at < end;) {
    let next = lineEnd(bytes, at, end);
    if (isEmptyLine(bytes, at, next)) break;
    while (next < end && isBlank(bytes[next])) next = lineEnd(bytes, next, end);
    fields.push(fieldAt(bytes, at, next));
    at = next;
  }
  return fields;
}

/** The text of a field's value: unfolded (RFC 5322 §2.2.3), without the blanks around it. Bytes as Latin-1. */
export function rawValue(bytes: Buffer, field: HeaderField): string {
  return bytes.toString('latin1', field.valueStart, field.end).replaceAll(/\r?\n/g, '').trim();
}

export interface FieldChoice {
  /** In lower case. */
  readonly names: ReadonlySet<string>;
  /** HEADER.FIELDS.NOT. */
  readonly isExcept?: boolean;
}

/** BODY[HEADER.FIELDS (...)] of a header: the fields as they stand, and the empty line (RFC 3501 §6.4.5). */
export function selectFields(
  bytes: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
  { names, isExcept = false }: FieldChoice,
): Buffer {
  const pieces: Buffer[] = [];
  for (const field of headerFields(bytes, start, end)) {
    if (names.has(field.name.toLowerCase()) === isExcept) continue;
    pieces.push(bytes.subarray(field.start, field.end));
    if (bytes[field.end - 1] !== 0x0a) pieces.push(crlf);
  }
  pieces.push(crlf);
  return Buffer.concat(pieces);
}

const crlf = Buffer.from('\r\n');

function fieldAt(bytes: Buffer, start: number, end: number): HeaderField {
  // Within the line only: looking on through the message, for every line without one, would take a hostile header hours.
  let colon = start;
  while (colon < end && bytes[colon] !== 0x3a && bytes[colon] !== 0x0a) colon += 1;
  if (colon === end || bytes[colon] !== 0x3a) return { name: '', start, valueStart: start, end };
  // RFC 5322 §4.5.8: blanks before the colon once were allowed.
  const name = bytes.toString('latin1', start, colon).trimEnd();
  return { name, start, valueStart: colon + 1, end };
}

function lineEnd(bytes: Buffer, at: number, end: number): number {
  const newline = bytes.indexOf(0x0a, at);
  return newline < 0 || newline >= end ? end : newline + 1;
}

function isEmptyLine(bytes: Buffer, at: number, next: number): boolean {
  const length = next - at;
  return (
    (length === 1 && bytes[at] === 0x0a) ||
    (length === 2 && bytes[at] === 0x0d && bytes[at + 1] === 0x0a)
  );
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}
