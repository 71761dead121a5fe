// One FETCH response (RFC 3501 §7.4.2): everything is at hand before its first byte leaves, but the rest of large sections.
import type { Folder, Message } from '@restante/mailbox-store';
import type { ReadMessage } from '@restante/mime';
import { no } from '../wire/refusal.ts';
import { ConnectionGone, type Responder } from '../wire/responder.ts';
import type { StringRules } from '../wire/wire-string.ts';
import { formatBodyStructure } from './body-structure.ts';
import { formatEnvelope, unicode } from './envelope.ts';
import type { DescribedItem, SectionItem } from './fetch-item.ts';
import { readInPieces, readSection, type SectionContent } from './read-section.ts';

export interface Described {
  readonly about: ReadMessage;
  readonly preview: string;
}

/** What is to be said of a message, read already. */
export interface PreparedMessage {
  readonly sequence: number;
  readonly uid: number;
  /** Plain and described items. */
  readonly text: string;
  readonly sections: readonly { readonly item: SectionItem; readonly content: SectionContent }[];
  readonly isGone: boolean;
}

export interface Preparation {
  readonly folder: Folder;
  readonly sequence: number;
  readonly message: Message;
  readonly plain: string;
  readonly described: Described | undefined;
}

/** Of one message; what is more is streamed. */
const heldRangesMax = 1024 * 1024;
/** What had to be decoded cannot be streamed: its length is said first. */
const heldDecodedMax = 128 * 1024 * 1024;

export async function prepareMessage(
  { folder, sequence, message, plain, described }: Preparation,
  sections: readonly SectionItem[],
  about: string,
): Promise<PreparedMessage> {
  const structure = described?.about.structure;
  const read: { item: SectionItem; content: SectionContent }[] = [];
  let heldBytes = 0;
  for (const item of sections) {
    const heldBytesMax = Math.max(0, heldRangesMax - heldBytes);
    const content = await readSection({ folder, message, structure, heldBytesMax }, item);
    if (content.kind === 'bytes') heldBytes += content.bytes.length;
    if (heldBytes > heldDecodedMax) throw no('LIMIT', 'That is too much of one message at once.');
    read.push({ item, content });
  }
  return {
    sequence,
    uid: message.uid,
    text: plain === '' || about === '' ? plain + about : `${plain} ${about}`,
    sections: read,
    isGone: read.some(({ content }) => content.kind === 'gone'),
  };
}

export function formatDescribed(
  items: readonly DescribedItem[],
  { about, preview }: Described,
  rules: StringRules,
): string {
  const texts = items.map((item) => {
    switch (item) {
      case 'ENVELOPE':
        return `ENVELOPE ${formatEnvelope(about.envelope, rules)}`;
      case 'BODY':
        return `BODY ${formatBodyStructure(about.structure, { ...rules, isExtended: false })}`;
      case 'BODYSTRUCTURE':
        return `BODYSTRUCTURE ${formatBodyStructure(about.structure, { ...rules, isExtended: true })}`;
      // RFC 8970 §3.1: at most 200 characters, of which the index takes care.
      case 'PREVIEW':
        return `PREVIEW ${unicode(preview, rules)}`;
    }
  });
  return texts.join(' ');
}

/** False, and nothing said, when the message went meanwhile. */
export async function sayMessage(
  out: Responder,
  folder: Folder,
  prepared: PreparedMessage,
): Promise<boolean> {
  const { sequence, uid, text, sections, isGone } = prepared;
  if (isGone) return false;
  const streams = new Map<SectionContent, OpenStream>();
  try {
    for (const { content } of sections) {
      if (content.kind !== 'stream') continue;
      const pieces = readInPieces(folder, uid, content.range);
      const first = await pieces.next();
      if (first.done === true) return false;
      streams.set(content, { first: first.value, pieces });
    }
    out.text(`* ${sequence} FETCH (${text}`);
    let separator = text === '' ? '' : ' ';
    for (const { item, content } of sections) {
      out.text(`${separator}${item.label} `);
      separator = ' ';
      await sayContent(out, item, { content, stream: streams.get(content) });
    }
    out.text(')\r\n');
    return true;
  } finally {
    for (const { pieces } of streams.values()) await pieces.return();
  }
}

interface OpenStream {
  readonly first: Buffer;
  readonly pieces: AsyncGenerator<Buffer, void>;
}

async function sayContent(
  out: Responder,
  { kind }: SectionItem,
  {
    content,
    stream,
  }: { readonly content: SectionContent; readonly stream: OpenStream | undefined },
): Promise<void> {
  const isBinary = kind === 'binary';
  if (content.kind === 'size') out.text(String(content.sizeBytes));
  else if (content.kind === 'bytes') sayBytes(out, content.bytes, { isBinary });
  else if (content.kind === 'stream' && stream !== undefined) {
    await sayStream(out, content.range.end - content.range.start, { isBinary, stream });
  } else out.text(kind === 'binary-size' ? '0' : 'NIL');
}

/** RFC 3516 §4.3: literal8 when there is a NUL, which no other string may carry (RFC 3501 §9: CHAR8). */
function sayBytes(
  out: Responder,
  bytes: Buffer,
  { isBinary }: { readonly isBinary: boolean },
): void {
  const isLiteral8 = isBinary && bytes.includes(0);
  out.text(`${isLiteral8 ? '~' : ''}{${bytes.length}}\r\n`);
  out.bytes(isBinary ? bytes : withoutNul(bytes));
}

async function sayStream(
  out: Responder,
  sizeBytes: number,
  { isBinary, stream }: { readonly isBinary: boolean; readonly stream: OpenStream },
): Promise<void> {
  out.text(`${isBinary ? '~' : ''}{${sizeBytes}}\r\n`);
  const clean = isBinary ? (piece: Buffer): Buffer => piece : withoutNul;
  out.bytes(clean(stream.first));
  let said = stream.first.length;
  for await (const piece of stream.pieces) {
    await out.backPressure();
    out.bytes(clean(piece));
    said += piece.length;
  }
  // The length was said already; a file that is shorter than it was ends the connection rather than lie.
  if (said !== sizeBytes) throw new ConnectionGone();
}

/** NUL has no place in a string of IMAP; 0x80 keeps the length, and is what Dovecot says. */
function withoutNul(piece: Buffer): Buffer {
  if (!piece.includes(0)) return piece;
  return Buffer.from(piece.map((byte) => (byte === 0 ? 0x80 : byte)));
}
