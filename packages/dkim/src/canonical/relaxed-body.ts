// RFC 6376 §3.4.4: blanks within a line are one space, blanks at its end and empty lines at the end of the body are nothing.
//
// Most of a message is canonical as it stands, so bytes are not looked at one by one with an action each: a run of them is kept
// until something has to be different, and what needs no change at all is handed on without a copy.
//
//   kept    start of the run that can go out as it stands
//   owed    a space or line ends that count only if something follows; from `owedAt` on, "exact" while they stand there as they
//           would be written
import { writeLineEnds } from './line-ends.ts';

const SP = 0x20;
const TAB = 0x09;
const CR = 0x0d;
const LF = 0x0a;
const crOnly = Buffer.from('\r');
const sliceMax = 65_536;
const shortRunMax = 48;
/** Used within one call only, never across an await. A slice grows by the space and the line end it inherits, at most. */
const scratch = Buffer.allocUnsafeSlow(sliceMax + 8);

export class RelaxedBody {
  readonly #take: (bytes: Buffer) => void;
  #lineEnds = 0;
  #hasSpace = false;
  /** A CR at the end of a chunk: a line end if LF follows. */
  #hasCr = false;
  #hasText = false;

  #kept = 0;
  #owedAt = 0;
  #isExact = false;
  /** Bytes in scratch. */
  #length = 0;

  constructor(take: (bytes: Buffer) => void) {
    this.#take = take;
  }

  update(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; at += sliceMax) {
      this.#slice(chunk.length <= sliceMax ? chunk : chunk.subarray(at, at + sliceMax));
    }
  }

  end(): void {
    if (this.#hasCr) this.#loneCr();
    // A body of empty lines is empty; every other one ends with a line end.
    if (this.#hasText) writeLineEnds(1, this.#take);
  }

  #slice(slice: Buffer): void {
    const end = slice.length;
    let at = this.#begin(slice);
    while (at < end) {
      const byte = slice[at] ?? 0;
      if (byte > SP) {
        if (this.#isOwing()) this.#settle(slice, at);
        do at += 1;
        while (at < end && (slice[at] ?? 0) > SP);
        this.#hasText = true;
      } else if (byte === SP || byte === TAB) {
        this.#owe(at, byte === SP && !this.#hasSpace);
        this.#hasSpace = true;
        at += 1;
      } else if (byte === CR && at + 1 === end) {
        this.#hasCr = true;
        break;
      } else if (byte === CR && slice[at + 1] === LF) {
        this.#owe(at, !this.#hasSpace);
        this.#hasSpace = false;
        this.#lineEnds += 1;
        at += 2;
      } else {
        if (this.#isOwing()) this.#settle(slice, at);
        this.#hasText = true;
        at += 1;
      }
    }
    this.#finish(slice, this.#isOwing() ? this.#owedAt : at);
  }

  /** What is owed from before does not stand in this slice. Gives the place to go on. */
  #begin(slice: Buffer): number {
    this.#isExact = false;
    this.#kept = 0;
    this.#owedAt = 0;
    if (!this.#hasCr) return 0;
    if (slice[0] !== LF) {
      this.#loneCr();
      return 0;
    }
    this.#hasCr = false;
    this.#hasSpace = false;
    this.#lineEnds += 1;
    return 1;
  }

  #loneCr(): void {
    this.#hasCr = false;
    this.#hasText = true;
    writeLineEnds(this.#lineEnds, this.#take);
    if (this.#hasSpace) this.#take(oneSpace);
    this.#lineEnds = 0;
    this.#hasSpace = false;
    this.#take(crOnly);
  }

  #isOwing(): boolean {
    return this.#lineEnds > 0 || this.#hasSpace;
  }

  #owe(at: number, isExact: boolean): void {
    if (this.#isOwing()) {
      this.#isExact &&= isExact;
    } else {
      this.#owedAt = at;
      this.#isExact = isExact;
    }
  }

  /** Something follows at `at`: what is owed counts. */
  #settle(slice: Buffer, at: number): void {
    if (!this.#isExact) {
      this.#copy(slice, this.#kept, this.#owedAt);
      // More than stood here: inherited from slices before, so nothing is in scratch yet.
      if (2 * this.#lineEnds > at - this.#owedAt) {
        writeLineEnds(this.#lineEnds, this.#take);
      } else {
        for (let left = this.#lineEnds; left > 0; left -= 1) {
          scratch[this.#length] = CR;
          scratch[this.#length + 1] = LF;
          this.#length += 2;
        }
      }
      if (this.#hasSpace) {
        scratch[this.#length] = SP;
        this.#length += 1;
      }
      this.#kept = at;
    }
    this.#lineEnds = 0;
    this.#hasSpace = false;
  }

  #copy(slice: Buffer, from: number, to: number): void {
    if (to - from > shortRunMax) {
      slice.copy(scratch, this.#length, from, to);
      this.#length += to - from;
      return;
    }
    let length = this.#length;
    for (let at = from; at < to; at += 1) {
      scratch[length] = slice[at] ?? 0;
      length += 1;
    }
    this.#length = length;
  }

  #finish(slice: Buffer, to: number): void {
    if (this.#length === 0) {
      if (to > this.#kept) this.#take(slice.subarray(this.#kept, to));
      return;
    }
    this.#copy(slice, this.#kept, to);
    this.#take(scratch.subarray(0, this.#length));
    this.#length = 0;
  }
}

const oneSpace = Buffer.from(' ');
