// The duplicate keys of one segment's messages, in the order of the messages: 12 bytes a key, 8 a message. Needed twice: to find the keys of
// a message that has been released already (its confirmation comes late), and to write them to the ledger before the segment goes.

export class KeyLog {
  #words = new Uint32Array(48);
  #keys = 0;
  /** Pairs: offset of the message record, index of its first key. */
  #messages = new Uint32Array(16);
  #count = 0;

  get keyCount(): number {
    return this.#keys;
  }

  /** Adds the keys (three words each) of the message at the offset; offsets only grow. */
  add(offset: number, keys: Uint32Array): void {
    this.#words = withRoom(this.#words, this.#keys * 3 + keys.length);
    this.#messages = withRoom(this.#messages, this.#count * 2 + 2);
    this.#messages[this.#count * 2] = offset;
    this.#messages[this.#count * 2 + 1] = this.#keys;
    this.#words.set(keys, this.#keys * 3);
    this.#keys += keys.length / 3;
    this.#count += 1;
  }

  /** Keys of the message at the offset; empty when there is none. */
  keysAt(offset: number): Uint32Array {
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.#messages[middle * 2] ?? 0;
      if (found === offset) return this.#slice(middle);
      if (found < offset) low = middle + 1;
      else high = middle - 1;
    }
    return new Uint32Array(0);
  }

  /** Offset of the message that owns the key; undefined when it is not of this segment. Linear. */
  ownerOf(a: number, b: number, c: number): number | undefined {
    for (let key = this.#keys - 1; key >= 0; key -= 1) {
      const at = key * 3;
      if (this.#words[at] !== a || this.#words[at + 1] !== b || this.#words[at + 2] !== c) continue;
      let message = this.#count - 1;
      while (message > 0 && (this.#messages[message * 2 + 1] ?? 0) > key) message -= 1;
      return this.#messages[message * 2];
    }
    return undefined;
  }

  all(): Uint32Array {
    return this.#words.subarray(0, this.#keys * 3);
  }

  #slice(message: number): Uint32Array {
    const from = this.#messages[message * 2 + 1] ?? 0;
    const to = message + 1 < this.#count ? (this.#messages[message * 2 + 3] ?? 0) : this.#keys;
    return this.#words.subarray(from * 3, to * 3);
  }
}

function withRoom(array: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  if (length <= array.length) return array;
  const larger = new Uint32Array(Math.max(length, array.length * 2));
  larger.set(array);
  return larger;
}
