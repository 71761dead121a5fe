// Makes many small reads of a drain few: whoever reads a segment forwards gets a larger piece, and the next readers find theirs in it.
// Records never change once written, so a piece cannot be stale; it may only end before what was appended since.
import { readInto } from './file-access.ts';
import type { Segment } from './segment.ts';

const pieceBytes = 256 * 1024;
const piecesMax = 8;
/** Jumping forward less than this still counts as reading on. */
const stepMaxBytes = 512 * 1024;

interface Piece {
  readonly segment: Segment;
  readonly from: number;
  readonly to: number;
  readonly bytes: Promise<Buffer>;
}

export class ReadAhead {
  #pieces: Piece[] = [];
  #lastSegment = -1;
  #lastEnd = 0;

  /** Exactly these bytes; a view of a larger buffer that nobody writes to. */
  async read(segment: Segment, offset: number, length: number): Promise<Buffer> {
    for (const piece of this.#pieces) {
      if (piece.segment !== segment || offset < piece.from || offset + length > piece.to) continue;
      this.#note(segment, offset + length);
      return (await piece.bytes).subarray(offset - piece.from, offset - piece.from + length);
    }
    const isReadingOn =
      this.#lastSegment === segment.number &&
      offset >= this.#lastEnd &&
      offset - this.#lastEnd < stepMaxBytes;
    this.#note(segment, offset + length);
    if (!isReadingOn || length * 4 > pieceBytes) return await segment.read(offset, length);
    const to = Math.min(segment.sizeBytes, offset + pieceBytes);
    const piece = { segment, from: offset, to, bytes: readPiece(segment, offset, to) };
    this.#pieces.unshift(piece);
    if (this.#pieces.length > piecesMax) this.#pieces.pop();
    const drop = (): void => {
      this.#pieces = this.#pieces.filter((kept) => kept !== piece);
    };
    piece.bytes.catch(drop);
    const bytes = await piece.bytes;
    if (bytes.length < length)
      throw new Error(`Only ${bytes.length} of ${length} bytes are there.`);
    return bytes.subarray(0, length);
  }

  #note(segment: Segment, end: number): void {
    this.#lastSegment = segment.number;
    this.#lastEnd = end;
  }
}

async function readPiece(segment: Segment, from: number, to: number): Promise<Buffer> {
  // Not from the shared pool, and zeroed only where the file ended early: those bytes fail their checksum.
  const bytes = Buffer.alloc(to - from);
  await segment.reading(async () => await readInto(segment.fd, bytes, from));
  return bytes;
}
