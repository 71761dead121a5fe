// A message as a multi-line answer (RFC 1939 §3): every line ends in CRLF, one that begins with a dot gets another. Pure.
//
// Promise: what comes out does not depend on how the message was cut; nothing is copied where nothing has to be put in.
const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;
const crlf = Buffer.from('\r\n');
const dot = Buffer.from('.');

export class WireLines {
  #last = LF;
  #isCrlf = true;

  /** Pieces to be written in this order. */
  take(chunk: Buffer): readonly Buffer[] {
    if (chunk.length === 0) return [];
    const pieces: Buffer[] = [];
    let from = 0;
    if (this.#last === LF && chunk[0] === DOT) pieces.push(dot);
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) {
      const before = at === 0 ? this.#last : chunk[at - 1];
      // Files of other programs may have bare line feeds.
      if (before !== CR) {
        pieces.push(chunk.subarray(from, at), crlf);
        from = at + 1;
      }
      if (chunk[at + 1] === DOT) {
        pieces.push(chunk.subarray(from, at + 1), dot);
        from = at + 1;
      }
    }
    pieces.push(chunk.subarray(from));
    this.#last = chunk[chunk.length - 1] ?? LF;
    this.#isCrlf = this.#last === LF;
    return pieces;
  }

  /** The line end that may be missing, and the dot that ends it all. */
  end(): Buffer {
    return Buffer.from(this.#isCrlf ? '.\r\n' : '\r\n.\r\n');
  }
}

/** TOP (RFC 1939 §7): the header, the empty line, and so many lines of the body. */
export class TopLines {
  #left: number;
  #isInBody = false;
  #isLineEmpty = true;
  isComplete = false;

  constructor(lines: number) {
    this.#left = lines;
  }

  /** The part of the chunk that still belongs to it. */
  take(chunk: Buffer): Buffer {
    let at = 0;
    while (at < chunk.length) {
      if (this.#isInBody && this.#left === 0) {
        this.isComplete = true;
        return chunk.subarray(0, at);
      }
      const lf = chunk.indexOf(LF, at);
      const end = lf === -1 ? chunk.length : lf;
      if (!this.#isInBody && this.#isLineEmpty) this.#isLineEmpty = isBlank(chunk, at, end);
      if (lf === -1) break;
      if (this.#isInBody) this.#left -= 1;
      else if (this.#isLineEmpty) this.#isInBody = true;
      this.#isLineEmpty = true;
      at = lf + 1;
    }
    return chunk;
  }
}

function isBlank(chunk: Buffer, start: number, end: number): boolean {
  return end === start || (end === start + 1 && chunk[start] === CR);
}
