// The boundaries of the multiparts that are open, innermost last, as a tree of their bytes: one walk along a line finds the longest
// that it begins with, however many are open and however alike they are (a boundary may be the beginning of another).

interface Node {
  readonly next: Map<number, Node>;
  /** Depths of the multiparts whose boundary ends here, ascending. */
  readonly depths: number[];
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
   * RFC 2046 §5.1.1: it suffices that the line begins with it. Of the same boundary twice, the inner one.
   */
  match(bytes: Buffer, at: number): { readonly depth: number; readonly end: number } | undefined {
    let node: Node | undefined = this.#root;
    let depth = -1;
    let end = at;
    for (let next = at; ; next += 1) {
      if (node.depths.length > 0) {
        depth = node.depths.at(-1) ?? -1;
        end = next;
      }
      const byte = bytes[next];
      node = byte === undefined ? undefined : node.next.get(byte);
      if (node === undefined) return depth < 0 ? undefined : { depth, end };
    }
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
