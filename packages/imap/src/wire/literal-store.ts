// Where the literals of one command go while they come: memory while they are small, a nameless file on disk, one for all of them,
// when they are large messages or many.
//
// Promises
// - Memory is used for bytes that came, not for bytes that were announced; messages of one command share a bound.
// - The file has no name from its first byte on, so neither a crash nor a kill leaves it behind.
// - Whoever made a store disposes it, however the command ended: a handle that is forgotten ends the process.
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { LiteralBody } from './received-command.ts';

/** Messages of one command, together, are kept in memory up to here until they are stored. */
const memoryBytesMax = 512 * 1024;
const readBytes = 128 * 1024;

export class LiteralStore implements AsyncDisposable {
  readonly #scratchDir: string;
  /** Messages in memory that came before the one that is coming. */
  #heldBytes = 0;
  #file: FileHandle | undefined;
  #fileBytes = 0;
  // The literal that is coming.
  #chunks: Buffer[] = [];
  #sizeBytes = 0;
  #isMessage = false;
  #isOnDisk = false;

  constructor(scratchDir: string) {
    this.#scratchDir = scratchDir;
  }

  /** The next literal. Only messages go to the disk: everything else was admitted as small. */
  begin(kind: 'text' | 'message'): void {
    this.#chunks = [];
    this.#sizeBytes = 0;
    this.#isMessage = kind === 'message';
    this.#isOnDisk = false;
  }

  async write(chunk: Buffer): Promise<void> {
    this.#chunks.push(chunk);
    this.#sizeBytes += chunk.length;
    if (!this.#isMessage) return;
    if (this.#isOnDisk || this.#heldBytes + this.#sizeBytes > memoryBytesMax) await this.#spill();
  }

  /** The literal that came; good until the store is disposed. */
  end(): LiteralBody {
    const [sizeBytes, chunks, file] = [this.#sizeBytes, this.#chunks, this.#file];
    this.#chunks = [];
    if (this.#isOnDisk && file !== undefined) {
      const end = this.#fileBytes;
      return { sizeBytes, open: () => piecesOf(file, end - sizeBytes, end) };
    }
    if (this.#isMessage) this.#heldBytes += sizeBytes;
    return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#chunks = [];
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #spill(): Promise<void> {
    this.#isOnDisk = true;
    if (this.#file === undefined) {
      const path = join(this.#scratchDir, `restante-imap-${randomUUID()}`);
      this.#file = await open(path, 'wx+', 0o600);
      await unlink(path);
    }
    const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#chunks = [];
    if (bytes === undefined) return;
    await this.#file.writeFile(bytes);
    this.#fileBytes += bytes.length;
  }
}

async function* piecesOf(file: FileHandle, start: number, end: number): AsyncIterable<Buffer> {
  for (let at = start; at < end;) {
    const length = Math.min(readBytes, end - at);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
