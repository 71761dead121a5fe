// One section of one message, ready to be said: its length is known before its first byte leaves, and large ones are read
// piece by piece while they leave.
import type { Folder, Message } from '@restante/mailbox-store';
import {
  decodeTransfer,
  headerEnd,
  partAt,
  sectionRange,
  selectFields,
  transferEncodingOf,
  type ByteRange,
  type MessagePart,
  type SectionKind,
} from '@restante/mime';
import { no } from '../wire/refusal.ts';
import {
  isMessageHeader,
  isWholeMessage,
  type Partial,
  type Section,
  type SectionItem,
} from './fetch-item.ts';

export type SectionContent =
  /** The message went meanwhile. */
  | { readonly kind: 'gone' }
  /** It has no such part. */
  | { readonly kind: 'no-part' }
  /** BINARY.SIZE. */
  | { readonly kind: 'size'; readonly sizeBytes: number }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  /** Too large to hold; read while it is said. */
  | { readonly kind: 'stream'; readonly range: ByteRange };

/** Nearly all headers are shorter. */
const headerFirstBytes = 8 * 1024;
const headerGrowth = 16;

const kinds: Readonly<Record<Section['what'], SectionKind>> = {
  fields: 'HEADER',
  header: 'HEADER',
  mime: 'MIME',
  'other-fields': 'HEADER',
  text: 'TEXT',
  whole: 'CONTENT',
};

export interface SectionSource {
  readonly folder: Folder;
  readonly message: Message;
  /** Absent when only the whole message or its header is asked for. */
  readonly structure: MessagePart | undefined;
  /** A range larger than this is not held in memory. */
  readonly heldBytesMax: number;
}

export async function readSection(
  source: SectionSource,
  item: SectionItem,
): Promise<SectionContent> {
  if (item.kind !== 'section') return readBinary(source, item);
  if (isMessageHeader(item.section)) {
    const header = await readHeader(source);
    if (header === undefined) return { kind: 'gone' };
    const isAll = item.section.what === 'header';
    if (!isAll || header.length <= source.heldBytesMax) return fieldsOf(header, item);
    return { kind: 'stream', range: clip({ start: 0, end: header.length }, item.partial) };
  }
  const range = rangeOf(source, item);
  if (range === undefined) return { kind: 'no-part' };
  if (item.section.what === 'fields' || item.section.what === 'other-fields') {
    const header = await source.folder.read(source.message.uid, range);
    return header === undefined ? { kind: 'gone' } : fieldsOf(header, item);
  }
  return readRange(source, clip(range, item.partial));
}

function fieldsOf(header: Buffer, { section, partial }: SectionItem): SectionContent {
  if (section.what === 'header') return held(slice(header, partial));
  const isExcept = section.what === 'other-fields';
  const whole = { start: 0, end: header.length };
  return held(slice(selectFields(header, whole, { names: section.names, isExcept }), partial));
}

/** The header of the message with its empty line: of a large message only the beginning is read. */
async function readHeader({ folder, message }: SectionSource): Promise<Buffer | undefined> {
  for (let length = headerFirstBytes; ; length *= headerGrowth) {
    const bytes = await folder.read(message.uid, { start: 0, end: length });
    if (bytes === undefined) return undefined;
    const end = headerEnd(bytes);
    // An empty line at the very end may be all of it or not; so may a header without one.
    if (end < bytes.length || bytes.length < length) return bytes.subarray(0, end);
  }
}

function rangeOf({ message, structure }: SectionSource, item: SectionItem): ByteRange | undefined {
  if (isWholeMessage(item.section)) return { start: 0, end: message.sizeBytes };
  const { part, what } = item.section;
  return structure === undefined ? undefined : sectionRange(structure, part, kinds[what]);
}

async function readRange(
  { folder, message: { uid }, heldBytesMax }: SectionSource,
  { start, end }: ByteRange,
): Promise<SectionContent> {
  if (end - start > heldBytesMax) return { kind: 'stream', range: { start, end } };
  const all = await folder.read(uid, { start, end });
  return all === undefined ? { kind: 'gone' } : held(all);
}

/** The bytes of a range, from a message that is read once from its beginning: its file may need converting. */
export async function* readInPieces(
  folder: Folder,
  uid: number,
  { start, end }: ByteRange,
): AsyncGenerator<Buffer, void> {
  let at = 0;
  for await (const piece of folder.readPieces(uid)) {
    const cut = piece.subarray(Math.max(0, start - at), Math.max(0, end - at));
    at += piece.length;
    if (cut.length > 0) yield cut;
    if (at >= end) return;
  }
}

/** RFC 3516 §4.2: without its transfer encoding. A message, a multipart and a message inside have none to undo. */
async function readBinary(source: SectionSource, item: SectionItem): Promise<SectionContent> {
  const range = rangeOf(source, item);
  if (range === undefined) return { kind: 'no-part' };
  const part =
    source.structure === undefined ? undefined : partAt(source.structure, item.section.part);
  const isLeaf = part !== undefined && item.section.part.length > 0 && part.parts.length === 0;
  const encoding = isLeaf ? transferEncodingOf(part.encoding) : 'identity';
  // RFC 3516 §4.3: nothing of it is shown then.
  if (encoding === undefined) throw no('UNKNOWN-CTE', 'This encoding is not known here.');
  if (encoding === 'identity') {
    if (item.kind === 'binary-size') return { kind: 'size', sizeBytes: range.end - range.start };
    return readRange(source, clip(range, item.partial));
  }
  const encoded = await source.folder.read(source.message.uid, range);
  if (encoded === undefined) return { kind: 'gone' };
  const decoded = decodeTransfer(encoded, encoding);
  return item.kind === 'binary-size'
    ? { kind: 'size', sizeBytes: decoded.length }
    : held(slice(decoded, item.partial));
}

function held(bytes: Buffer): SectionContent {
  return { kind: 'bytes', bytes };
}

/** RFC 3501 §6.4.5: a range beyond the end is cut, one that begins there is empty. */
function clip({ start, end }: ByteRange, partial: Partial | undefined): ByteRange {
  if (partial === undefined) return { start, end };
  const from = Math.min(start + partial.start, end);
  return { start: from, end: Math.min(from + partial.length, end) };
}

function slice(all: Buffer, partial: Partial | undefined): Buffer {
  if (partial === undefined) return all;
  // A copy: a few bytes must not keep the rest in memory.
  return Buffer.from(all.subarray(partial.start, partial.start + partial.length));
}
