// The bytes of a message until it was judged and what goes on top of it is known: the header apart, the body in memory while it
// is small, else in a file that has no name any more.
//
// Promise: a body costs at most about the small size of memory however it was cut, no crash leaves anything of it behind, and no file
// stays open, whenever the client goes: Node ends the process over a handle that is forgotten.
import { mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

const emptyLine = Buffer.from('\r\n\r\n');
const pieceBytes = 64 * 1024;
/** A client may send byte by byte, and a small piece costs a hundred times its size. */
const piecesMax = 64;

export interface HeldMessageOptions {
  /** Where large bodies wait; made when it is first needed. */
  readonly dir: string;
  readonly memoryMaxBytes: number;
}

export class HeldMessage {
  readonly #options: HeldMessageOptions;
  #header: Buffer = Buffer.alloc(0);
  #headerBytes = 0;
  #isHeaderOver = false;
  #pieces: Buffer[] = [];
  #bodyBytes = 0;
  #file: FileHandle | undefined;
  #writing: Promise<void> | undefined;

  constructor(options: HeldMessageOptions) {
    this.#options = options;
  }

  /** Header lines, CRLF ended, without the empty line. */
  get header(): Buffer {
    return this.#header.subarray(0, this.#headerBytes);
  }

  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  /** Gives the part of the chunk that is body, so that it can be hashed while it is at hand. */
  take(chunk: Buffer): Buffer {
    return this.#isHeaderOver ? chunk : this.#takeHeader(chunk);
  }

  /** What take() gave. */
  async keep(body: Buffer): Promise<void> {
    if (body.length === 0) return;
    this.#bodyBytes += body.length;
    if (this.#file === undefined && this.#bodyBytes <= this.#options.memoryMaxBytes) {
      this.#pieces.push(body);
      if (this.#pieces.length > piecesMax) this.#pieces = [Buffer.concat(this.#pieces)];
      return;
    }
    this.#writing = this.#write(body);
    await this.#writing;
  }

  /** The body as it came, as often as it is asked for; what is in memory is there at once. */
  body(): Iterable<Buffer> | AsyncIterable<Buffer> {
    return this.#file === undefined ? this.#pieces : this.#read(this.#file);
  }

  async *#read(file: FileHandle): AsyncIterable<Buffer> {
    for (let position = 0; position < this.#bodyBytes;) {
      const length = Math.min(pieceBytes, this.#bodyBytes - position);
      const { bytesRead, buffer } = await file.read(
        Buffer.allocUnsafe(length),
        0,
        length,
        position,
      );
      if (bytesRead === 0) throw new Error('A body that was written is not there.');
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  /** Also while keep() is under way. Never throws. */
  async forget(): Promise<void> {
    this.#pieces = [];
    // Whoever called keep() hears of its failure.
    await this.#writing?.catch(() => undefined);
    const file = this.#file;
    this.#file = undefined;
    // It has no name and nobody will read it: what closing it says is of no use, least of all behind a 250.
    await file?.close().catch(() => undefined);
  }

  /** A buffer that grows by doubling: a client that sends byte by byte costs linear time. The edge bounds the header. */
  #takeHeader(chunk: Buffer): Buffer {
    const known = this.#headerBytes;
    if (known === 0) this.#header = chunk;
    else {
      if (known + chunk.length > this.#header.length || known === this.#header.length) {
        const larger = Buffer.allocUnsafe((known + chunk.length) * 2);
        this.#header.copy(larger, 0, 0, known);
        this.#header = larger;
      }
      chunk.copy(this.#header, known);
    }
    this.#headerBytes = known + chunk.length;
    const seen = this.header;
    // A message may begin with the empty line: then it has no header at all.
    const isEmpty = seen.length >= 2 && seen[0] === 0x0d && seen[1] === 0x0a;
    const end = isEmpty ? -2 : seen.indexOf(emptyLine, Math.max(0, known - 3));
    if (end === -1) return Buffer.alloc(0);
    this.#isHeaderOver = true;
    this.#headerBytes = end + 2;
    return seen.subarray(end + 4);
  }

  async #write(body: Buffer): Promise<void> {
    this.#file ??= await this.#openFile();
    for (const piece of this.#pieces.splice(0)) await this.#file.writeFile(piece);
    await this.#file.writeFile(body);
  }

  async #openFile(): Promise<FileHandle> {
    await mkdir(this.#options.dir, { recursive: true, mode: 0o700 });
    const path = join(this.#options.dir, `${randomUUID()}.body`);
    const file = await open(path, 'wx+', 0o600);
    try {
      await unlink(path);
      return file;
    } catch (cause) {
      await file.close();
      throw cause;
    }
  }
}
