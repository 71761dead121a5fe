// One FETCH response (RFC 3501 §7.4.2): everything is at hand before its first byte leaves, but the rest of large sections.
import type { Folder, Message } from '@restante/mailbox-store';
import type { ReadMessage } from '@restante/mime';
import { ConnectionGone, type Responder } from '../wire/responder.ts';
import type { StringRules } from '../wire/wire-string.ts';
import { formatBodyStructure } from './body-structure.ts';
import { formatEnvelope, unicode } from './envelope.ts';
import type { DescribedItem, SectionItem } from './fetch-item.ts';
import { pieceBytes, readSection, type SectionContent } from './read-section.ts';

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

export async function prepareMessage(
  { folder, sequence, message, plain, described }: Preparation,
  sections: readonly SectionItem[],
  about: string,
): Promise<PreparedMessage> {
  const structure = described?.about.structure;
  const read: { item: SectionItem; content: SectionContent }[] = [];
  for (const item of sections) {
    read.push({ item, content: await readSection({ folder, message, structure }, item) });
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

export async function sayMessage(
  out: Responder,
  folder: Folder,
  prepared: PreparedMessage,
): Promise<void> {
  out.text(`* ${prepared.sequence} FETCH (${prepared.text}`);
  let separator = prepared.text === '' ? '' : ' ';
  for (const { item, content } of prepared.sections) {
    out.text(`${separator}${item.label} `);
    separator = ' ';
    if (content.kind === 'size') out.text(String(content.sizeBytes));
    else if (content.kind !== 'bytes') out.text(item.kind === 'binary-size' ? '0' : 'NIL');
    else
      await sayBytes(out, content, { folder, uid: prepared.uid, isBinary: item.kind === 'binary' });
  }
  out.text(')\r\n');
}

interface Origin {
  readonly folder: Folder;
  readonly uid: number;
  readonly isBinary: boolean;
}

async function sayBytes(
  out: Responder,
  { first, rest }: SectionContent & { readonly kind: 'bytes' },
  { folder, uid, isBinary }: Origin,
): Promise<void> {
  const sizeBytes = first.length + (rest === undefined ? 0 : rest.end - rest.start);
  // RFC 3516 §4.3: literal8 when there may be a NUL, which no other string may carry (RFC 3501 §9: CHAR8).
  const hasNul = rest !== undefined || first.includes(0);
  out.text(`${isBinary && hasNul ? '~' : ''}{${sizeBytes}}\r\n`);
  const clean = isBinary || !hasNul ? (piece: Buffer): Buffer => piece : withoutNul;
  out.bytes(clean(first));
  if (rest === undefined) return;
  for (let at = rest.start; at < rest.end; at += pieceBytes) {
    await out.backPressure();
    const end = Math.min(at + pieceBytes, rest.end);
    const piece = await folder.read(uid, { start: at, end });
    // The length was said already; a message that goes in the middle ends the connection rather than lie.
    if (piece?.length !== end - at) throw new ConnectionGone();
    out.bytes(clean(piece));
  }
}

/** NUL has no place in a string of IMAP; 0x80 keeps the length, and was no character of ASCII either. */
function withoutNul(piece: Buffer): Buffer {
  if (!piece.includes(0)) return piece;
  return Buffer.from(piece.map((byte) => (byte === 0 ? 0x80 : byte)));
}
