// The "bh=" of a body while its bytes pass: relaxed canonicalization (RFC 6376 §3.4.4) into SHA-256.
//
// Promises: linear, no memory beyond the chunk in hand; the cutting into chunks makes no difference. Lines end in CRLF, the
// edge saw to that.
import { createHash } from 'node:crypto';

const SP = 0x20;
const TAB = 0x09;
const CR = 0x0d;
const LF = 0x0a;
const linesAtOnceMax = 4_096;
const emptyLines = Buffer.from('\r\n'.repeat(linesAtOnceMax));

export class BodyHash {
  readonly #hash = createHash('sha256');
  /** Line ends that count only if something follows. */
  #lineEnds = 0;
  #hasSpace = false;
  #hasText = false;

  update(chunk: Buffer): void {
    // At most a space and a line end are owed from before, and neither makes the rest longer than it was.
    let out = Buffer.allocUnsafe(chunk.length + 3);
    let length = 0;
    for (const byte of chunk) {
      if (byte === SP || byte === TAB) {
        this.#hasSpace = true;
        continue;
      }
      if (byte === CR) continue;
      if (byte === LF) {
        this.#lineEnds += 1;
        this.#hasSpace = false;
        continue;
      }
      if (this.#lineEnds > 0) {
        if (this.#lineEnds > 1) {
          this.#hash.update(out.subarray(0, length));
          out = out.subarray(length);
          length = 0;
          this.#endLines(this.#lineEnds - 1);
        }
        out[length] = CR;
        out[length + 1] = LF;
        length += 2;
        this.#lineEnds = 0;
      }
      if (this.#hasSpace) {
        out[length] = SP;
        length += 1;
        this.#hasSpace = false;
      }
      out[length] = byte;
      length += 1;
      this.#hasText = true;
    }
    this.#hash.update(out.subarray(0, length));
  }

  /** Base64. Empty lines at the end do not count; a body of nothing else is empty. */
  digest(): string {
    if (this.#hasText) this.#hash.update('\r\n');
    return this.#hash.digest('base64');
  }

  #endLines(count: number): void {
    for (let left = count; left > 0; left -= linesAtOnceMax) {
      this.#hash.update(emptyLines.subarray(0, 2 * Math.min(left, linesAtOnceMax)));
    }
  }
}
