// RFC 6376 §3.4.3: a body as it is, but with exactly one line end behind its last line; an empty one is a line end.
//
// Chunks are handed on as they are, without the line ends at their end: those are counted until something follows.
import { writeLineEnds } from './line-ends.ts';

const CR = 0x0d;
const LF = 0x0a;
const crOnly = Buffer.from('\r');

export class SimpleBody {
  readonly #take: (bytes: Buffer) => void;
  /** Line ends that count only if something follows. */
  #lineEnds = 0;
  /** A CR at the end of a chunk: a line end if LF follows. */
  #hasCr = false;

  constructor(take: (bytes: Buffer) => void) {
    this.#take = take;
  }

  update(chunk: Buffer): void {
    if (chunk.length === 0) return;
    let start = 0;
    if (this.#hasCr) {
      this.#hasCr = false;
      if (chunk[0] === LF) {
        this.#lineEnds += 1;
        start = 1;
      } else {
        this.#settle();
        this.#take(crOnly);
      }
    }
    let end = chunk.length;
    if (end > start && chunk[end - 1] === CR) {
      this.#hasCr = true;
      end -= 1;
    }
    const whole = end;
    while (end - start >= 2 && chunk[end - 1] === LF && chunk[end - 2] === CR) end -= 2;
    if (end > start) {
      this.#settle();
      this.#take(chunk.subarray(start, end));
    }
    this.#lineEnds += (whole - end) / 2;
  }

  end(): void {
    if (this.#hasCr) {
      this.#settle();
      this.#take(crOnly);
    }
    writeLineEnds(1, this.#take);
  }

  #settle(): void {
    writeLineEnds(this.#lineEnds, this.#take);
    this.#lineEnds = 0;
  }
}
