// What a client has sent and nobody has read yet, cut into lines. A line ends in LF, CRLF as it should be (RFC 1939 §3) or not.
//
// Promise: linear, and never more than what was pushed; whoever pushes stops when `waitingBytes` is enough.
const LF = 0x0a;
const CR = 0x0d;

export type LineStep =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'none' };

export class LineBuffer {
  #bytes: Buffer = Buffer.alloc(0);
  /** No LF before this. */
  #searched = 0;

  push(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
  }

  get waitingBytes(): number {
    return this.#bytes.length;
  }

  clear(): void {
    this.#bytes = Buffer.alloc(0);
    this.#searched = 0;
  }

  next(maxBytes: number): LineStep {
    const lf = this.#bytes.indexOf(LF, this.#searched);
    const length = lf === -1 ? this.#bytes.length : lf + 1;
    if (length > maxBytes) return { kind: 'too-long' };
    if (lf === -1) {
      this.#searched = this.#bytes.length;
      return { kind: 'none' };
    }
    const end = lf > 0 && this.#bytes[lf - 1] === CR ? lf - 1 : lf;
    const text = this.#bytes.toString('utf8', 0, end);
    this.#bytes = this.#bytes.subarray(lf + 1);
    this.#searched = 0;
    return { kind: 'line', text };
  }
}
