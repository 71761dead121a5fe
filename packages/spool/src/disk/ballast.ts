// A file that only takes up room, so that a full disk can still record what becomes of the messages it holds: it is given up when a write
// finds no space, and taken again when there is room. Without it a message delivered on a full disk would be delivered again.
import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';

const ballastBytes = 1024 * 1024;

export class Ballast {
  readonly #path: string;
  #isThere = false;

  constructor(path: string) {
    this.#path = path;
  }

  get isThere(): boolean {
    return this.#isThere;
  }

  /** Takes the room if there is plenty. Never throws: without ballast everything works but the last resort. */
  async take(freeBytes: number): Promise<void> {
    if (this.#isThere || freeBytes < ballastBytes * 4) return;
    try {
      const { O_CREAT, O_WRONLY, O_NOFOLLOW } = constants;
      const file = await open(this.#path, O_CREAT | O_WRONLY | O_NOFOLLOW, 0o600);
      try {
        // Real blocks; a hole would take nothing.
        if ((await file.stat()).size < ballastBytes)
          await file.write(Buffer.alloc(ballastBytes), 0, ballastBytes, 0);
        await file.sync();
        this.#isThere = true;
      } finally {
        await file.close();
      }
    } catch {
      await rm(this.#path, { force: true }).catch(() => undefined); // Tried again with a later sample.
    }
  }

  async drop(): Promise<void> {
    this.#isThere = false;
    await rm(this.#path, { force: true }).catch(() => undefined); // Nothing else can be done; the write after this will tell.
  }
}
