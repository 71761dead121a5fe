// Knows whether there is room for new mail, from a sample at most a second old; asking costs nothing.
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventSink } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import { Ballast } from './ballast.ts';

export interface DiskGuardOptions {
  readonly dir: string;
  readonly freeFloorBytes: number;
  readonly freeFloorInodes: number;
  readonly clock: Clock;
  readonly onEvent: EventSink;
}

const sampleMs = 1000;
/** While out of space: mail waits for the answer. */
const sampleWhenOutMs = 200;

export class DiskGuard {
  readonly #options: DiskGuardOptions;
  readonly #ballast: Ballast;
  /** A write found no space; new mail waits until the ballast is back. */
  #isOut = false;
  #sampledAtMs = Number.NEGATIVE_INFINITY;
  #isSampling = false;
  #wasLow = false;
  #freeInodes = Number.POSITIVE_INFINITY;
  freeBytes = Number.POSITIVE_INFINITY;

  constructor(options: DiskGuardOptions) {
    this.#options = options;
    this.#ballast = new Ballast(join(options.dir, 'ballast'));
  }

  /** True when a message of that size would go below the floor. */
  isFull(sizeBytes = 0): boolean {
    const pauseMs = this.#isOut ? sampleWhenOutMs : sampleMs;
    if (!this.#isSampling && this.#options.clock.monotonicMs() - this.#sampledAtMs >= pauseMs)
      void this.sample();
    if (this.#isOut) return true;
    return (
      this.freeBytes - sizeBytes < this.#options.freeFloorBytes ||
      this.#freeInodes < this.#options.freeFloorInodes
    );
  }

  /** Bytes written since the sample count at once. */
  noteWritten(sizeBytes: number): void {
    this.freeBytes -= sizeBytes;
  }

  /** A write found no space: keeps new mail out and makes room for what is said about the mail that is here. */
  async noteNoSpace(): Promise<void> {
    this.#isOut = true;
    await this.#ballast.drop();
  }

  async sample(): Promise<void> {
    const { dir, clock, onEvent } = this.#options;
    this.#isSampling = true;
    try {
      const { bavail, bsize, files, ffree } = await statfs(dir);
      this.freeBytes = bavail * bsize;
      // Some file systems (btrfs) count no inodes and say 0 of 0: unknown, not full.
      this.#freeInodes = files === 0 ? Number.POSITIVE_INFINITY : ffree;
      await this.#ballast.take(this.freeBytes);
      if (this.#ballast.isThere) this.#isOut = false;
      this.#sampledAtMs = clock.monotonicMs();
    } catch {
      // An unanswered question is no reason to refuse mail: the commit itself will tell.
      this.#sampledAtMs = clock.monotonicMs();
    } finally {
      this.#isSampling = false;
    }
    const isLow = this.isFull();
    if (isLow && !this.#wasLow) onEvent({ name: 'spool.low-space', freeBytes: this.freeBytes });
    this.#wasLow = isLow;
  }
}
