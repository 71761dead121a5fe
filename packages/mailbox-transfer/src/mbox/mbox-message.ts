// One piece of an mbox as a message: flags out of the header, quoting undone, the mailbox's own fields taken away. Pure.
import { editHeader, headerEnd, headerFields, rawValue, readMessage } from '@restante/mime';
import { withCrlf } from '../line-ends.ts';
import { dateOfFromLine } from './from-line.ts';
import type { MboxPiece } from './split-mbox.ts';

export interface MboxMessage {
  readonly bytes: Buffer;
  readonly flags: readonly string[];
  readonly receivedAtMs: number | undefined;
}

/** What programs keep in an mbox for themselves. */
export const ownFields = [
  'Status',
  'X-Status',
  'X-Keywords',
  'X-UID',
  'X-IMAP',
  'X-IMAPbase',
  'X-Mozilla-Status',
  'X-Mozilla-Status2',
  'X-Mozilla-Keys',
  'Content-Length',
];

/** Undefined for the first message of some servers, which is none: their own notes (X-IMAP). */
export function mboxMessage(
  piece: MboxPiece & { readonly bytes: Buffer },
): MboxMessage | undefined {
  const { bytes, isMeasured, fromLine } = piece;
  const header = bytes.subarray(0, headerEnd(bytes));
  const fields = new Map(
    headerFields(header).map((field) => [field.name.toLowerCase(), rawValue(header, field)]),
  );
  if (fields.has('x-imap') && /FOLDER INTERNAL DATA/.test(fields.get('subject') ?? ''))
    return undefined;
  // With a length that was right, an unquoted "From " inside shows that this writer does not quote (mboxcl2).
  const isQuoted = !isMeasured || bytes.indexOf('\nFrom ', header.length) < 0;
  const plain = isQuoted ? unquoted(bytes, header.length) : bytes;
  const own = ownFields.filter((name) => fields.has(name.toLowerCase()));
  const whole = own.length === 0 ? plain : editHeader(plain, { remove: own });
  const sentAtMs = readMessage(header).sentAtMs;
  return {
    bytes: withCrlf(whole),
    flags: flagsOf(fields),
    receivedAtMs: dateOfFromLine(fromLine) ?? sentAtMs,
  };
}

/** mboxrd: every ">From ", ">>From " ... was written with one sign more. mboxo, which loses that, cannot be told apart. */
function unquoted(bytes: Buffer, from: number): Buffer {
  const pieces: Buffer[] = [];
  let kept = 0;
  for (let at = bytes.indexOf('From ', from); at >= 0; at = bytes.indexOf('From ', at + 5)) {
    let start = at;
    while (start > 0 && bytes[start - 1] === 0x3e) start -= 1;
    if (start === at || (start > 0 && bytes[start - 1] !== 0x0a)) continue;
    pieces.push(bytes.subarray(kept, start));
    kept = start + 1;
  }
  if (kept === 0) return bytes;
  pieces.push(bytes.subarray(kept));
  return Buffer.concat(pieces);
}

function flagsOf(fields: ReadonlyMap<string, string>): readonly string[] {
  const status = (fields.get('status') ?? '') + (fields.get('x-status') ?? '');
  const mozilla = Number.parseInt(fields.get('x-mozilla-status') ?? '0', 16) || 0;
  const system: readonly (readonly [string, boolean])[] = [
    ['\\Seen', status.includes('R') || (mozilla & 0x1) !== 0],
    ['\\Answered', status.includes('A') || (mozilla & 0x2) !== 0],
    ['\\Flagged', status.includes('F') || (mozilla & 0x4) !== 0],
    ['\\Deleted', status.includes('D') || (mozilla & 0x8) !== 0],
    ['\\Draft', status.includes('T')],
    ['$Forwarded', (mozilla & 0x1000) !== 0],
  ];
  const words = `${fields.get('x-keywords') ?? ''} ${fields.get('x-mozilla-keys') ?? ''}`;
  // RFC 9051 §9: a keyword is an atom.
  const keywords = words
    .split(/[\s,]+/)
    .filter((word) => /^[^\s(){%*"\\\]\p{Cc}]{1,100}$/u.test(word));
  return [...new Set([...system.flatMap(([flag, isSet]) => (isSet ? [flag] : [])), ...keywords])];
}
