// Reads a message once, from its first byte to its last, and says what is in it.
//
// The parts are found by walking over the lines that begin with "--", with a stack of what is open; never by recursion. Bounds: a part
// nested deeper than `depthMax` is not looked into, after `partsMax` parts boundaries are not looked for any more. Attachments
// are passed over by a search for the next "--" line; only the lines of texts and of nested messages are counted.
import { Boundaries } from './boundaries.ts';
import { parseDateTime } from './date-time.ts';
import { readEnvelope } from './envelope.ts';
import { hasAttachment } from './has-attachment.ts';
import { LineCounter } from './line-counter.ts';
import type { Envelope, MessagePart, ReadMessage } from './message.ts';
import {
  draftPart,
  emptyPart,
  isMessage,
  isMultipart,
  isText,
  makeOpaque,
  type PartDraft,
} from './part-fields.ts';
import { scanHeader } from './scan-header.ts';

/** As Dovecot has them. */
export const depthMax = 100;
export const partsMax = 10_000;
/** RFC 2046 §5.1.1 allows 70; of longer ones the beginning is compared. */
const boundaryLengthMax = 256;

export function readMessage(bytes: Buffer): ReadMessage {
  const { structure, envelope } = new MessageReader(bytes).read();
  const sent = envelope.date === undefined ? undefined : parseDateTime(envelope.date);
  return {
    envelope,
    structure,
    ...(sent && { sentAtMs: sent.atMs, sentZoneMinutes: sent.zoneMinutes }),
    hasAttachment: hasAttachment(structure),
  };
}

interface OpenPart {
  readonly part: PartDraft;
  readonly wantsLines: boolean;
  /** Line ends before its body. */
  readonly linesBefore: number;
}

interface BoundaryLine {
  readonly depth: number;
  /** Where the body before it ends: the line end before a boundary is the boundary's (RFC 2046 §5.1.1). */
  readonly bodyEnd: number;
  /** Behind its line. */
  readonly next: number;
  readonly isLast: boolean;
}

const lineOfDashes = Buffer.from('\n--');

class MessageReader {
  readonly #bytes: Buffer;
  readonly #boundaries = new Boundaries();
  readonly #lines: LineCounter;
  readonly #open: OpenPart[] = [];
  /** Of each open boundary, where its multipart is in #open. */
  readonly #multiparts: number[] = [];
  #partsRead = 0;
  #messagesOpen = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#lines = new LineCounter(bytes);
  }

  read(): { readonly structure: MessagePart; readonly envelope: Envelope } {
    const { part, envelope } = this.#openMessage(0);
    this.#readParts(this.#open.at(-1)?.part.bodyStart ?? 0);
    this.#closeTo(0, this.#bytes.length);
    return { structure: part, envelope };
  }

  #readParts(from: number): void {
    let at = from;
    while (this.#partsRead < partsMax) {
      const line = this.#nextBoundary(at);
      if (line === undefined) return;
      const index = this.#multiparts[line.depth] ?? 0;
      this.#closeTo(index + 1, line.bodyEnd);
      this.#forgetBoundaries(line.isLast ? line.depth : line.depth + 1);
      at = line.next;
      const multipart = this.#open[index]?.part;
      if (line.isLast || multipart === undefined) continue;
      multipart.parts.push(this.#openPart(at, multipart.subtype.toLowerCase() === 'digest'));
      at = this.#open.at(-1)?.part.bodyStart ?? at;
    }
  }

  #openMessage(at: number): { readonly part: PartDraft; readonly envelope: Envelope } {
    const header = scanHeader(this.#bytes, at, this.#boundaries);
    const place = { headerStart: at, bodyStart: header.bodyStart, isDigest: false };
    const part = draftPart(this.#bytes, header, place);
    const envelope = readEnvelope(this.#bytes, header);
    this.#enter(part);
    return { part, envelope };
  }

  #openPart(at: number, isDigest: boolean): PartDraft {
    const header = scanHeader(this.#bytes, at, this.#boundaries);
    const place = { headerStart: at, bodyStart: header.bodyStart, isDigest };
    const part = draftPart(this.#bytes, header, place);
    this.#enter(part);
    return part;
  }

  /** Puts it on the stack, and the message inside of it, and so on. */
  #enter(part: PartDraft): void {
    this.#partsRead += 1;
    const isTooDeep = this.#open.length >= depthMax || this.#partsRead >= partsMax;
    if (isTooDeep && (isMultipart(part) || isMessage(part))) makeOpaque(part);
    const holdsMessage = isMessage(part);
    const wantsLines = holdsMessage || isText(part);
    if (this.#messagesOpen === 0) this.#lines.skipTo(part.bodyStart);
    const linesBefore = wantsLines ? this.#lines.upTo(part.bodyStart) : 0;
    this.#open.push({ part, wantsLines, linesBefore });
    if (holdsMessage) {
      this.#messagesOpen += 1;
      // At most depthMax deep.
      const inside = this.#openMessage(part.bodyStart);
      part.parts.push(inside.part);
      part.envelope = inside.envelope;
    } else if (isMultipart(part)) this.#openBoundary(part);
  }

  #openBoundary(part: PartDraft): void {
    const boundary = part.parameters.get('boundary')?.trimEnd() ?? '';
    // RFC 2046 §5.1.1: not empty. Without one there are no parts to be found.
    if (boundary === '') return;
    this.#boundaries.push(Buffer.from(boundary).subarray(0, boundaryLengthMax));
    this.#multiparts.push(this.#open.length - 1);
  }

  #nextBoundary(from: number): BoundaryLine | undefined {
    if (this.#boundaries.size === 0) return undefined;
    const bytes = this.#bytes;
    // The body may begin with the boundary: then the line end before it is the header's.
    let at = bytes.indexOf(lineOfDashes, from - 1);
    for (; at >= 0; at = bytes.indexOf(lineOfDashes, at + 1)) {
      const found = this.#boundaries.match(bytes, at + 3);
      if (found === undefined) continue;
      const { depth, end } = found;
      const newline = bytes.indexOf(0x0a, end);
      return {
        depth,
        bodyEnd: bytes[at - 1] === 0x0d ? at - 1 : at,
        next: newline < 0 ? bytes.length : newline + 1,
        isLast: bytes[end] === 0x2d && bytes[end + 1] === 0x2d,
      };
    }
    return undefined;
  }

  #closeTo(index: number, lineEnd: number): void {
    // A part cut off in its header may end later than its boundary's line end; what is around it then as well.
    let bodyEnd = lineEnd;
    while (this.#open.length > index) {
      const closing = this.#open.pop();
      if (closing === undefined) return;
      const { part, wantsLines, linesBefore } = closing;
      bodyEnd = Math.max(part.bodyStart, bodyEnd);
      part.bodyEnd = bodyEnd;
      if (wantsLines) part.lines = this.#lines.upTo(part.bodyEnd) - linesBefore;
      if (isMessage(part)) this.#messagesOpen -= 1;
      if (isMultipart(part) && part.parts.length === 0) part.parts.push(emptyPart(part.bodyEnd));
    }
  }

  #forgetBoundaries(depth: number): void {
    this.#boundaries.cutTo(depth);
    this.#multiparts.length = depth;
  }
}
