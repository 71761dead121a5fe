// A body above the small size has a file of its own: large/<chance>.tmp while it grows, then .body. Durable before the record that names
// it is written (write, fsync, rename, fsync the directory), so no record ever points at nothing.
import { createHash, randomBytes } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '@restante/runtime';
import { SpoolError } from '../errors.ts';
import type { SpoolBody } from '../spool.ts';
import { openFlags } from './file-access.ts';

const pieceBytes = 128 * 1024;

export interface FinishedBody {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export class LargeBodyWriter {
  readonly #dir: string;
  readonly #stem = randomBytes(12).toString('hex');
  readonly #hash: Hash = createHash('sha256');
  #file: FileHandle | undefined;
  #sizeBytes = 0;
  /** Writes follow each other even when nobody awaits them. */
  #last: Promise<void> = Promise.resolve();

  constructor(spoolDir: string) {
    this.#dir = join(spoolDir, 'large');
  }

  async write(chunks: readonly Uint8Array[]): Promise<void> {
    const write = this.#last.then(async () => {
      this.#file ??= await open(this.#path('tmp'), openFlags.createNewForWriting, 0o600);
      for (const chunk of chunks) {
        this.#hash.update(chunk);
        this.#sizeBytes += chunk.length;
      }
      const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      const { bytesWritten } = await this.#file.writev([...chunks]);
      if (bytesWritten !== sizeBytes)
        throw new Error(`Only ${bytesWritten} of ${sizeBytes} bytes were written.`);
    });
    this.#last = write;
    // Somebody may only learn of it at commit(); until then it is not an unhandled rejection.
    write.catch(() => undefined);
    await write;
  }

  /** Makes it durable under its final name. */
  async finish(): Promise<FinishedBody> {
    await this.#last;
    await this.#file?.sync();
    await this.#close();
    await rename(this.#path('tmp'), this.#path('body'));
    await syncDirectory(this.#dir);
    return {
      name: `${this.#stem}.body`,
      sizeBytes: this.#sizeBytes,
      sha256: this.#hash.digest('base64url'),
    };
  }

  /** Removes every trace. */
  async discard(): Promise<void> {
    await this.#last.catch(() => undefined);
    await this.#close().catch(() => undefined);
    await rm(this.#path('tmp'), { force: true });
    await rm(this.#path('body'), { force: true });
  }

  #path(suffix: 'tmp' | 'body'): string {
    return join(this.#dir, `${this.#stem}.${suffix}`);
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

/** The stored body as a stream that ends in SPOOL_UNREADABLE when it is not what was written, or nobody knows what was. */
export function largeBody(
  spoolDir: string,
  { name, sizeBytes, sha256 }: Omit<FinishedBody, 'sha256'> & { readonly sha256?: string },
): SpoolBody {
  const path = join(spoolDir, 'large', name);
  return { kind: 'stream', sizeBytes, open: () => checkedPieces(path, sha256) };
}

async function* checkedPieces(path: string, sha256: string | undefined): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let file: FileHandle;
  try {
    file = await open(path, openFlags.read);
  } catch (cause) {
    throw new SpoolError('SPOOL_UNREADABLE', { cause, detail: path });
  }
  try {
    for (;;) {
      const { buffer, bytesRead } = await file.read(
        Buffer.allocUnsafeSlow(pieceBytes),
        0,
        pieceBytes,
      );
      if (bytesRead === 0) break;
      const piece = buffer.subarray(0, bytesRead);
      hash.update(piece);
      yield piece;
    }
  } finally {
    await file.close();
  }
  if (hash.digest('base64url') !== sha256)
    throw new SpoolError('SPOOL_UNREADABLE', { detail: path });
}
