// Collects the header of a message while its bytes pass, and answers the few questions the relay has about it.
//
// Cheap on purpose: most messages bring their whole header in the first chunk. The edge bounds the header's size.
import type { SpoolBodyLike } from '@restante/delivery';

const emptyLine = Buffer.from('\r\n\r\n');
const countedFields = ['Received', 'Message-ID', 'Delivered-To'] as const;
export type CountedField = (typeof countedFields)[number];
type FieldCounts = Record<CountedField, number>;
const longestCounted = Math.max(...countedFields.map((name) => name.length));
const byLowerCase = new Map(countedFields.map((name) => [name.toLowerCase(), name]));
/** The first letters of those, small and capital. */
const initials = new Set(
  countedFields.flatMap((name) => [name.charCodeAt(0), name.toLowerCase().charCodeAt(0)]),
);

export class HeaderBlock {
  // One buffer that grows by doubling, so that a client sending byte by byte costs linear time.
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;
  #isComplete = false;
  #text: string | undefined;
  #counts: FieldCounts | undefined;

  read(chunk: Buffer): void {
    if (this.#isComplete) return;
    if (this.#length === 0) this.#bytes = chunk;
    else this.#grow(chunk);
    const searchFrom = Math.max(0, this.#length - 3);
    this.#length += chunk.length;
    this.#lookForEnd(searchFrom);
  }

  /** True once the empty line after the header has passed. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Header lines, CRLF ended, as latin1 so that every byte is one character. */
  get text(): string {
    if (!this.#isComplete) return this.#bytes.toString('latin1', 0, this.#length);
    this.#text ??= this.#bytes.toString('latin1', 0, this.#length);
    return this.#text;
  }

  /** How often a field of this name stands here. Asked about several names for every message: the header is gone through once. */
  count(name: CountedField): number {
    const counts = this.#counts ?? countFields(this.text);
    if (this.#isComplete) this.#counts = counts;
    return counts[name];
  }

  /** The unfolded values of a field, in order (RFC 5322 §2.2.3). */
  values(name: string): readonly string[] {
    return this.#matches(name).map((match) => match[1]?.replaceAll(/\r\n[ \t]/g, ' ').trim() ?? '');
  }

  #matches(name: string): RegExpExecArray[] {
    return [...this.text.matchAll(patternFor(name))];
  }

  #grow(chunk: Buffer): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#bytes.length || this.#length === this.#bytes.length) {
      const larger = Buffer.allocUnsafe(needed * 2);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    chunk.copy(this.#bytes, this.#length);
  }

  #lookForEnd(searchFrom: number): void {
    // A message may begin with the empty line: then it has no header at all.
    const startsEmpty = this.#length >= 2 && this.#bytes[0] === 13 && this.#bytes[1] === 10;
    const end = startsEmpty
      ? -2
      : this.#bytes.subarray(0, this.#length).indexOf(emptyLine, searchFrom);
    if (end === -1) return;
    this.#length = end + 2;
    this.#isComplete = true;
  }
}

/** Makes no string of a line that cannot be one of those: a header has dozens of others. */
function countFields(header: string): FieldCounts {
  const counts: FieldCounts = { Received: 0, 'Message-ID': 0, 'Delivered-To': 0 };
  for (let start = 0; start < header.length;) {
    const lineEnd = header.indexOf('\r\n', start);
    const end = lineEnd === -1 ? header.length : lineEnd;
    // RFC 5322 §2.2.3: a line that begins with a blank goes on with the field before it, and no initial is one.
    if (initials.has(header.charCodeAt(start))) {
      const colon = header.slice(start, end).indexOf(':');
      // RFC 5322 §4.5.8: old mail may have blanks before the colon.
      const name = colon === -1 ? '' : header.slice(start, start + colon).trimEnd();
      const counted =
        name.length > longestCounted ? undefined : byLowerCase.get(name.toLowerCase());
      if (counted !== undefined) counts[counted] += 1;
    }
    start = end + 2;
  }
  return counts;
}

const patterns = new Map<string, RegExp>();

function patternFor(name: string): RegExp {
  const known = patterns.get(name);
  if (known !== undefined) return known;
  const pattern = new RegExp(`^${name}[ \\t]*:((?:[^\\r\\n]|\\r\\n[ \\t])*)`, 'gim');
  patterns.set(name, pattern);
  return pattern;
}

/** True when a site has put it into this mailbox before (local delivery writes Delivered-To): it goes in circles. */
export function wasDeliveredTo(header: HeaderBlock, address: string): boolean {
  const wanted = address.toLowerCase();
  return header.values('Delivered-To').some((value) => value.toLowerCase() === wanted);
}

/** Reads only as much of a stored body as its header needs. */
export async function readHeader(body: SpoolBodyLike): Promise<HeaderBlock> {
  const header = new HeaderBlock();
  if (body.kind === 'bytes') {
    header.read(body.bytes);
    return header;
  }
  for await (const chunk of body.open()) {
    header.read(chunk);
    if (header.isComplete) break;
  }
  return header;
}
