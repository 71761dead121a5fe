// One command line as it came, CRLF included, up to a limit (RFC 5321 §4.5.3.1.4).
//
// Promise: a line that comes byte by byte costs linear time and at most twice the limit of memory; a longer one is
// forgotten while it passes and reported once, when its end comes.
export type CommandLine =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'broken'; readonly problem: 'too-long' | 'line-end' | 'not-text' };

import { isAscii, isUtf8 } from 'node:buffer';

const CR = 0x0d;
const LF = 0x0a;

export class CommandLineReader {
  maxBytes: number;
  /** The last line; undefined until one is complete. */
  line: CommandLine | undefined;
  #part: Buffer | undefined;
  #partBytes = 0;
  #isTooLong = false;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** True when a line has begun and not ended. */
  get isInLine(): boolean {
    return this.#partBytes > 0 || this.#isTooLong;
  }

  /** Takes from `start`, returns where it stopped: behind a line's LF, or at the end of the chunk. */
  read(chunk: Buffer, start: number): number {
    this.line = undefined;
    const lf = chunk.indexOf(LF, start);
    if (lf === -1) {
      this.#append(chunk, start);
      return chunk.length;
    }
    const end = lf + 1;
    this.line = this.#complete(chunk, { start, end });
    this.#partBytes = 0;
    this.#part = undefined;
    this.#isTooLong = false;
    return end;
  }

  #append(chunk: Buffer, start: number): void {
    const needed = this.#partBytes + chunk.length - start;
    if (this.#isTooLong || needed > this.maxBytes) {
      this.#isTooLong = true;
      this.#part = undefined;
      this.#partBytes = 0;
      return;
    }
    if (this.#part === undefined || this.#part.length < needed) {
      const larger = Buffer.allocUnsafe(Math.min(this.maxBytes, Math.max(64, needed * 2)));
      this.#part?.copy(larger, 0, 0, this.#partBytes);
      this.#part = larger;
    }
    chunk.copy(this.#part, this.#partBytes, start);
    this.#partBytes = needed;
  }

  #complete(chunk: Buffer, at: { readonly start: number; readonly end: number }): CommandLine {
    const bytes = this.#partBytes + at.end - at.start;
    if (this.#isTooLong || bytes > this.maxBytes) return { kind: 'broken', problem: 'too-long' };
    const fresh = chunk.subarray(at.start, at.end);
    const line =
      this.#part === undefined
        ? fresh
        : Buffer.concat([this.#part.subarray(0, this.#partBytes), fresh]);
    // RFC 5321 §2.3.8: CR and LF stand only together, and only as the end of the line.
    const textBytes = line.length - 2;
    if (textBytes < 0 || line.indexOf(CR) !== textBytes)
      return { kind: 'broken', problem: 'line-end' };
    if (isAscii(line)) return { kind: 'line', text: line.toString('latin1', 0, textBytes) };
    if (!isUtf8(line)) return { kind: 'broken', problem: 'not-text' };
    return { kind: 'line', text: line.toString('utf8', 0, textBytes) };
  }
}
