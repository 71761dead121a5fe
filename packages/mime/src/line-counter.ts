// Counts line ends of a message while it is read once from its beginning to its end; goes forward only, so however the parts are
// nested, no byte is counted twice.
export class LineCounter {
  readonly #bytes: Buffer;
  #at = 0;
  #count = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Line ends counted so far, with those before `position`. */
  upTo(position: number): number {
    const bytes = this.#bytes;
    let count = this.#count;
    for (let at = this.#at; at < position; at += 1) if (bytes[at] === 0x0a) count += 1;
    this.#at = Math.max(this.#at, position);
    this.#count = count;
    return count;
  }

  /** Nobody wants to know how many lines lie before `position`. */
  skipTo(position: number): void {
    this.#at = Math.max(this.#at, position);
  }
}
