// Cuts what a client sends into lines and literals. Pure: bytes in, steps out; who may send what is decided elsewhere.
//
// Promises
// - Every byte is looked at a bounded number of times, however it is cut into packets.
// - A literal's bytes are handed over as they come, never gathered here; a line is never longer than `lineMaxBytes`.
// - After reset() nothing that was said before is left (RFC 3501 §6.2.1: STARTTLS).

export interface Announcement {
  readonly sizeBytes: number;
  /** literal8 (RFC 3516 §4.2). */
  readonly isBinary: boolean;
  /** The client waits for "+" before it sends (RFC 3501 §4.3); without, the bytes follow at once (RFC 7888). */
  readonly isSynchronizing: boolean;
}

export type LineStep =
  | { readonly kind: 'more' }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'line'; readonly text: string };

const announcementPattern = /(~?)\{(\d{1,19})(\+?)\}$/;
const lineFeed = 10;
const carriageReturn = 13;

export class CommandIntake {
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** How much of the front is known to have no line end. */
  #searched = 0;

  /** Bytes that came and were not taken. */
  get waitingBytes(): number {
    return this.#bytes;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  reset(): void {
    this.#chunks = [];
    this.#bytes = 0;
    this.#searched = 0;
  }

  /** Takes the next line, without its end, one character a byte. A bare LF ends a line as well; nothing here hangs on the difference. */
  line(lineMaxBytes: number): LineStep {
    const end = this.#findLineFeed();
    if (end === undefined) return { kind: this.#bytes > lineMaxBytes ? 'too-long' : 'more' };
    if (end > lineMaxBytes + 1) return { kind: 'too-long' };
    const bytes = this.#take(end + 1);
    const length = bytes[end - 1] === carriageReturn ? end - 1 : end;
    return { kind: 'line', text: bytes.toString('latin1', 0, length) };
  }

  /** At most so many bytes of a literal; undefined when none are here. */
  literalBytes(bytesMax: number): Buffer | undefined {
    const [first] = this.#chunks;
    if (first === undefined || bytesMax === 0) return undefined;
    return this.#take(Math.min(bytesMax, first.length));
  }

  #findLineFeed(): number | undefined {
    let offset = 0;
    for (const chunk of this.#chunks) {
      if (offset + chunk.length > this.#searched) {
        const at = chunk.indexOf(lineFeed, Math.max(0, this.#searched - offset));
        if (at >= 0) return offset + at;
      }
      offset += chunk.length;
    }
    this.#searched = this.#bytes;
    // A trickle of small packets would make the list long.
    if (this.#chunks.length > 64) this.#chunks = [Buffer.concat(this.#chunks, this.#bytes)];
    return undefined;
  }

  #take(length: number): Buffer {
    this.#searched = 0;
    this.#bytes -= length;
    const [first] = this.#chunks;
    if (first === undefined || first.length > length) {
      this.#chunks[0] = first?.subarray(length) ?? Buffer.alloc(0);
      return first?.subarray(0, length) ?? Buffer.alloc(0);
    }
    if (first.length === length) {
      this.#chunks.shift();
      return first;
    }
    const all = Buffer.concat(this.#chunks);
    this.#chunks = all.length > length ? [all.subarray(length)] : [];
    return all.subarray(0, length);
  }
}

/** The literal a line announces at its end, if any; `text` is the line before it. */
export function announcementOf(
  line: string,
): (Announcement & { readonly text: string }) | undefined {
  if (!line.endsWith('}')) return undefined;
  const match = announcementPattern.exec(line.slice(-24));
  if (match === null) return undefined;
  const [whole, tilde, digits, plus] = match;
  return {
    text: line.slice(0, line.length - whole.length),
    sizeBytes: Number(digits),
    isBinary: tilde === '~',
    isSynchronizing: plus === '',
  };
}
