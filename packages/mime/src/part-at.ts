// Parts by the numbers IMAP gives them (RFC 3501 §6.4.5): "2.1" is the first part of the second part. A message that is no multipart
// has one part, number 1: its body. Behind a message/rfc822 the numbers go on in the message inside.
import type { MessagePart } from './message.ts';
import { isMessage, isMultipart } from './part-fields.ts';
import { decodeTransfer, transferEncodingOf } from './transfer-encoding.ts';

/** `structure` is the whole message's; undefined when there is no such part. [] is the message itself. */
export function partAt(
  structure: MessagePart,
  numbers: readonly number[],
): MessagePart | undefined {
  let part: MessagePart | undefined = structure;
  let isTop = true;
  for (const number of numbers) {
    if (part === undefined) return undefined;
    part = childAt(part, number, isTop);
    isTop = false;
  }
  return part;
}

function childAt(part: MessagePart, number: number, isTop: boolean): MessagePart | undefined {
  if (isMultipart(part)) return part.parts[number - 1];
  const inside = isMessage(part) ? part.parts[0] : undefined;
  // A message that is nothing but a message/rfc822: its part 1 is that; 1.1 is in the message inside.
  if (inside === undefined || isTop) return isTop && number === 1 ? part : undefined;
  if (isMultipart(inside)) return inside.parts[number - 1];
  return number === 1 ? inside : undefined;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What stands behind the part numbers in BODY[...]; without numbers all but 'MIME' and 'CONTENT' are the message's own. */
export type SectionKind = 'HEADER' | 'TEXT' | 'MIME' | 'CONTENT';

/**
 * Bytes of a section; undefined when there is none (HEADER and TEXT behind numbers are for message/rfc822 only).
 * CONTENT is the plain "BODY[1.2]"; without numbers "BODY[]", the whole message.
 */
export function sectionRange(
  structure: MessagePart,
  numbers: readonly number[],
  kind: SectionKind,
): ByteRange | undefined {
  const part = partAt(structure, numbers);
  if (part === undefined) return undefined;
  const isWhole = numbers.length === 0;
  switch (kind) {
    case 'CONTENT':
      return isWhole
        ? { start: part.headerStart, end: part.bodyEnd }
        : { start: part.bodyStart, end: part.bodyEnd };
    case 'MIME':
      return isWhole ? undefined : { start: part.headerStart, end: part.bodyStart };
    case 'HEADER':
    case 'TEXT': {
      const message = isWhole ? part : messageIn(part);
      if (message === undefined) return undefined;
      return kind === 'HEADER'
        ? { start: message.headerStart, end: message.bodyStart }
        : { start: message.bodyStart, end: message.bodyEnd };
    }
  }
}

function messageIn(part: MessagePart): MessagePart | undefined {
  return isMessage(part) ? part.parts[0] : undefined;
}

/** A part's body without its transfer encoding; undefined when nobody knows the encoding. A multipart's is never encoded. */
export function decodedBody(bytes: Buffer, part: MessagePart): Buffer | undefined {
  const encoding =
    part.parts.length > 0 ? ('identity' as const) : transferEncodingOf(part.encoding);
  if (encoding === undefined) return undefined;
  return decodeTransfer(bytes.subarray(part.bodyStart, part.bodyEnd), encoding);
}
