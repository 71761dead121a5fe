// The words of a message, as they are searched: every text part decoded, HTML as text, names of attachments, messages inside with their
// headers. Bounded: what lies beyond `charactersMax` is not searched.
import { decodeCharset, guessText } from './charset.ts';
import { decodeWords } from './encoded-words.ts';
import { htmlText } from './html-text.ts';
import type { MessagePart } from './message.ts';
import { parameterText } from './parameters.ts';
import { isMessage, isText } from './part-fields.ts';
import { decodeTransfer, transferEncodingOf } from './transfer-encoding.ts';

export interface TextLimit {
  readonly charactersMax?: number;
}

const charactersDefault = 1_048_576;
const headerBytesMax = 65_536;
/** As many as a million characters take, quoted-printable and with the marks of HTML. */
const encodedBytesMax = 12_582_912;

/** Text of the body: what SEARCH BODY looks into (RFC 3501 §6.4.4). */
export function plainTextOf(
  bytes: Buffer,
  structure: MessagePart,
  { charactersMax = charactersDefault }: TextLimit = {},
): string {
  let text = '';
  const add = (more: string) => {
    if (more === '' || text.length >= charactersMax) return;
    text += (text === '' ? more : `\n${more}`).slice(0, charactersMax - text.length);
  };
  addPart(bytes, structure, { add, isFull: () => text.length >= charactersMax });
  return text;
}

interface Sink {
  readonly add: (text: string) => void;
  readonly isFull: () => boolean;
}

/** At most depthMax deep. */
function addPart(bytes: Buffer, part: MessagePart, sink: Sink): void {
  if (sink.isFull()) return;
  sink.add(fileNameOf(part) ?? '');
  if (isText(part)) sink.add(partText(bytes, part));
  const inside = isMessage(part) ? part.parts[0] : undefined;
  if (inside !== undefined) {
    sink.add(headerText(bytes, { start: inside.headerStart, end: inside.bodyStart }));
  }
  for (const child of part.parts) addPart(bytes, child, sink);
}

/** A text part as a person reads it; of a very long one the beginning. */
export function partText(bytes: Buffer, part: MessagePart): string {
  const encoding = transferEncodingOf(part.encoding) ?? 'identity';
  const end = Math.min(part.bodyEnd, part.bodyStart + encodedBytesMax);
  const decoded = decodeTransfer(bytes.subarray(part.bodyStart, end), encoding);
  const text = decodeCharset(decoded, part.parameters.get('charset') ?? '');
  return part.subtype.toLowerCase() === 'html' ? htmlText(text) : text;
}

/** A whole header with every field decoded and on one line: what SEARCH TEXT looks into besides the body. */
export function headerText(
  bytes: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
): string {
  const text = guessText(bytes.subarray(start, Math.min(end, start + headerBytesMax)));
  return decodeWords(text.replaceAll(/\r?\n(?=[ \t])/g, '')).trimEnd();
}

/** The name an attachment is saved under (RFC 2183 §2.3, RFC 2231). As it was sent: not safe to be a path. */
export function fileNameOf(part: MessagePart): string | undefined {
  const given = part.disposition && parameterText(part.disposition.parameters, 'filename');
  return given ?? parameterText(part.parameters, 'name');
}
