// All digests of one body that its signatures need, from one reading (SHA-256; nothing else is believed, RFC 8301 §3.1).
//
// Each canonicalization is made and hashed once; where an l= ends, the state of the hash is copied.
import { createHash, type Hash } from 'node:crypto';
import { canonicalBody, type CanonicalBody, type Canonicalization } from './canonical-body.ts';

export interface BodyWish {
  readonly canonicalization: Canonicalization;
  /** l=: octets of the canonical body that count; absent: all. */
  readonly lengthBytes?: number;
}

export interface BodyDigest {
  /** Undefined: the body is shorter than the wish. */
  readonly sha256: Buffer | undefined;
  /** Of the whole canonical body. */
  readonly sizeBytes: number;
}

export class BodyDigests {
  readonly #streams = new Map<Canonicalization, HashedStream>();

  constructor(wishes: readonly BodyWish[]) {
    for (const how of new Set(wishes.map(({ canonicalization }) => canonicalization))) {
      const lengths = wishes
        .filter(({ canonicalization }) => canonicalization === how)
        .flatMap(({ lengthBytes }) => (lengthBytes === undefined ? [] : [lengthBytes]));
      this.#streams.set(how, new HashedStream(how, lengths));
    }
  }

  update(chunk: Buffer): void {
    for (const stream of this.#streams.values()) stream.body.update(chunk);
  }

  end(): void {
    for (const stream of this.#streams.values()) stream.end();
  }

  /** After end(), of a wish that was announced. */
  digestOf({ canonicalization, lengthBytes }: BodyWish): BodyDigest {
    const stream = this.#streams.get(canonicalization);
    if (stream === undefined) return { sha256: undefined, sizeBytes: 0 };
    return { sha256: stream.digestAt(lengthBytes), sizeBytes: stream.sizeBytes };
  }
}

class HashedStream {
  readonly body: CanonicalBody;
  sizeBytes = 0;
  readonly #hash: Hash = createHash('sha256');
  readonly #digests = new Map<number, Buffer>();
  /** Lengths not reached yet, longest first. */
  readonly #lengths: number[];
  #whole: Buffer | undefined;

  constructor(how: Canonicalization, lengths: readonly number[]) {
    this.#lengths = [...new Set(lengths)].toSorted((a, b) => b - a);
    this.body = canonicalBody(how, (bytes) => this.#take(bytes));
  }

  end(): void {
    this.body.end();
    this.#whole = this.#hash.digest();
  }

  digestAt(lengthBytes: number | undefined): Buffer | undefined {
    if (lengthBytes === undefined || lengthBytes === this.sizeBytes) return this.#whole;
    return this.#digests.get(lengthBytes);
  }

  #take(bytes: Buffer): void {
    let from = 0;
    for (;;) {
      const length = this.#lengths.at(-1);
      if (length === undefined || length >= this.sizeBytes + bytes.length) break;
      const to = length - this.sizeBytes;
      this.#hash.update(bytes.subarray(from, to));
      this.#digests.set(length, this.#hash.copy().digest());
      this.#lengths.pop();
      from = to;
    }
    this.#hash.update(from === 0 ? bytes : bytes.subarray(from));
    this.sizeBytes += bytes.length;
  }
}
