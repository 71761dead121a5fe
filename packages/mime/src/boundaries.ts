// The boundaries of the multiparts that are open, innermost last, as a tree of their bytes: one walk along a line finds the longest
// that it begins with, however many are open and however alike they are (a boundary may be the beginning of another).

interface Node {
  readonly next: Map<number, Node>;
  /** Depths of the multiparts whose boundary ends here, ascending. */
  readonly depths: number[];
}

export interface BoundaryMatch {
  readonly depth: number;
  readonly end: number;
}

export class Boundaries {
  readonly #root: Node = { next: new Map(), depths: [] };
  readonly #open: Buffer[] = [];

  get size(): number {
    return this.#open.length;
  }

  push(boundary: Buffer): void {
    let node = this.#root;
    for (const byte of boundary) {
      let next = node.next.get(byte);
      if (next === undefined) {
        next = { next: new Map(), depths: [] };
        node.next.set(byte, next);
      }
      node = next;
    }
    node.depths.push(this.#open.length);
    this.#open.push(boundary);
  }

  /** Closes those from `depth` on. */
  cutTo(depth: number): void {
    while (this.#open.length > depth) {
      const boundary = this.#open.pop();
      if (boundary !== undefined) this.#remove(boundary);
    }
  }

  /**
   * The multipart whose boundary stands at `at` (behind the "--"), and where it ends; undefined when there is none.
   * RFC 2046 §5.1.1: it suffices that the line begins with it. One that is the whole line goes first (of two the inner), then the longest,
   * of the same boundary twice the inner one. The whole line, or with "--" behind it: "a--" may close "a" or be a boundary.
   */
  match(bytes: Buffer, at: number): BoundaryMatch | undefined {
    let found: BoundaryMatch | undefined;
    let exact: BoundaryMatch | undefined;
    let lineEnd = -1;
    let node: Node | undefined = this.#root;
    for (let end = at; node !== undefined; end += 1) {
      const depth = node.depths.at(-1);
      if (depth !== undefined) {
        if (lineEnd < 0) lineEnd = endOfText(bytes, at);
        found = { depth, end };
        const isExact = end === lineEnd || (end === lineEnd - 2 && isClosed(bytes, end));
        if (isExact && depth > (exact?.depth ?? -1)) exact = found;
      }
      node = node.next.get(bytes[end] ?? -1);
    }
    return exact ?? found;
  }

  #remove(boundary: Buffer): void {
    const path: Node[] = [this.#root];
    for (const byte of boundary) {
      const next = path.at(-1)?.next.get(byte);
      if (next === undefined) return;
      path.push(next);
    }
    path.at(-1)?.depths.pop();
    for (let at = path.length - 1; at > 0; at -= 1) {
      const node = path[at];
      if (node === undefined || node.depths.length > 0 || node.next.size > 0) return;
      path[at - 1]?.next.delete(boundary[at - 1] ?? -1);
    }
  }
}

/** Of the line, without the blanks before its end. */
function endOfText(bytes: Buffer, at: number): number {
  const newline = bytes.indexOf(0x0a, at);
  let end = newline < 0 ? bytes.length : newline;
  while (end > at && (bytes[end - 1] ?? 0) <= 0x20) end -= 1;
  return end;
}

function isClosed(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0x2d && bytes[at + 1] === 0x2d;
}
