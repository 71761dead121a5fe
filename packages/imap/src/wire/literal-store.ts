// Where the bytes of one literal go while they come: memory while it is small, a nameless file on disk when it is a large message.
//
// Promises
// - Memory is used for bytes that came, not for bytes that were announced.
// - The file has no name from its first byte on, so neither a crash nor a kill leaves it behind.
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { LiteralBody } from './received-command.ts';

/** Messages below are kept in memory until they are stored. */
const memoryBytesMax = 512 * 1024;
const readBytes = 128 * 1024;

export class LiteralStore implements AsyncDisposable {
  readonly #scratchDir: string;
  #chunks: Buffer[] = [];
  #sizeBytes = 0;
  #file: FileHandle | undefined;

  constructor(scratchDir: string) {
    this.#scratchDir = scratchDir;
  }

  async write(chunk: Buffer): Promise<void> {
    this.#chunks.push(chunk);
    this.#sizeBytes += chunk.length;
    if (this.#file !== undefined || this.#sizeBytes > memoryBytesMax) await this.#spill();
  }

  get body(): LiteralBody {
    const file = this.#file;
    if (file === undefined) {
      if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)];
      return this.#chunks[0] ?? Buffer.alloc(0);
    }
    const sizeBytes = this.#sizeBytes;
    return { sizeBytes, open: () => piecesOf(file, sizeBytes) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#chunks = [];
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #spill(): Promise<void> {
    if (this.#file === undefined) {
      const path = join(this.#scratchDir, `restante-imap-${randomUUID()}`);
      this.#file = await open(path, 'wx+', 0o600);
      await unlink(path);
    }
    const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#chunks = [];
    if (bytes !== undefined) await this.#file.writeFile(bytes);
  }
}

async function* piecesOf(file: FileHandle, sizeBytes: number): AsyncIterable<Buffer> {
  for (let at = 0; at < sizeBytes;) {
    const length = Math.min(readBytes, sizeBytes - at);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
