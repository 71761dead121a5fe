// Changes a header and leaves every other byte as it is: fields taken out (Bcc), fields put before or behind (Date, Message-ID).
import { headerFields } from './header-block.ts';

export interface HeaderChange {
  /** Names of fields to take out, all of each. */
  readonly remove?: readonly string[];
  /** Whole lines, as fieldLine() makes them. */
  readonly prepend?: string;
  /** Likewise, behind the last field. */
  readonly append?: string;
}

/** True when `bytes` (a message, or its header) has such a field. */
export function hasField(bytes: Buffer, name: string): boolean {
  const wanted = name.toLowerCase();
  return headerFields(bytes).some((field) => field.name.toLowerCase() === wanted);
}

/** How often it has it: RFC 5322 §3.6 allows most fields once. */
export function countFields(bytes: Buffer, name: string): number {
  const wanted = name.toLowerCase();
  return headerFields(bytes).filter((field) => field.name.toLowerCase() === wanted).length;
}

/** `bytes` is a message, or its header with or without the empty line; what is behind the header stays. */
export function editHeader(
  bytes: Buffer,
  { remove = [], prepend = '', append = '' }: HeaderChange,
): Buffer {
  const names = new Set(remove.map((name) => name.toLowerCase()));
  const fields = headerFields(bytes);
  const pieces: Buffer[] = [Buffer.from(prepend)];
  let kept = 0;
  for (const field of fields) {
    if (!names.has(field.name.toLowerCase())) continue;
    pieces.push(bytes.subarray(kept, field.start));
    kept = field.end;
  }
  const end = fields.at(-1)?.end ?? 0;
  pieces.push(bytes.subarray(kept, end));
  // A header cut off in its last line: what comes behind must not become part of it.
  if (append !== '' && end > kept && bytes[end - 1] !== 0x0a) pieces.push(Buffer.from('\r\n'));
  pieces.push(Buffer.from(append));
  pieces.push(bytes.subarray(end));
  return Buffer.concat(pieces);
}
