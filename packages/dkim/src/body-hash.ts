// The "bh=" of a body while its bytes pass: relaxed canonicalization (RFC 6376 §3.4.4) into SHA-256.
//
// Promises: linear, no memory beyond the chunk in hand; the cutting into chunks makes no difference. Lines end in CRLF, the
// edge saw to that.
import { createHash } from 'node:crypto';
import { RelaxedBody } from './canonical/relaxed-body.ts';

export class BodyHash {
  readonly #hash = createHash('sha256');
  readonly #body = new RelaxedBody((bytes) => this.#hash.update(bytes));

  update(chunk: Buffer): void {
    this.#body.update(chunk);
  }

  /** Base64. Empty lines at the end do not count; a body of nothing else is empty. */
  digest(): string {
    this.#body.end();
    return this.#hash.digest('base64');
  }
}
