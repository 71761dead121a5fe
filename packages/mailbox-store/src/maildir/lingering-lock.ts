// The lock of a UID list for a writer with much to do: taken once for a burst of deliveries instead of once for each.
//
// Making and removing a lock file waits for the file system's journal, which is busy with the syncs of the same burst. So who
// comes again within moments keeps the lock a little longer, and lets go of it often enough for others (Dovecot looks again
// after some milliseconds). A lone writer lets go at once.
import type { Clock } from '@restante/runtime';
import { tryLock, unlock, waitForLock } from './dotlock.ts';

/** Somebody who came again within this time has more to come. */
const burstMs = 20;
const lingerMs = 5;
const holdMaxMs = 50;

export class LingeringLock {
  readonly #path: string;
  readonly #clock: Clock;
  #isHeld = false;
  #inUse: Promise<void> | undefined;
  #takenMs = 0;
  #usedMs = Number.NEGATIVE_INFINITY;
  #isBurst = false;
  /** Others had to wait; for as long, the lock is let go of at once. */
  #restUntilMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** Runs the work under the lock, after those who asked before. Throws MAILBOX_LOCKED. */
  async use<T>(work: () => T | Promise<T>): Promise<T> {
    while (this.#inUse) await this.#inUse;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#inUse = promise;
    try {
      await this.#take();
      return await work();
    } catch (cause) {
      this.#isBurst = false;
      throw cause;
    } finally {
      this.#inUse = undefined;
      resolve();
      this.#letGo();
    }
  }

  async #take(): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    this.#isBurst = nowMs - this.#usedMs < burstMs && nowMs >= this.#restUntilMs;
    if (this.#isHeld) {
      if (nowMs - this.#takenMs < holdMaxMs) return;
      this.#release();
    }
    if (!tryLock(this.#path)) await waitForLock(this.#path, this.#clock);
    this.#isHeld = true;
    this.#takenMs = this.#clock.monotonicMs();
  }

  #letGo(): void {
    this.#usedMs = this.#clock.monotonicMs();
    const isHeldLong = this.#usedMs - this.#takenMs > holdMaxMs;
    if (isHeldLong) this.#restUntilMs = this.#usedMs + holdMaxMs;
    if (!this.#isBurst || isHeldLong) return this.#release();
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#inUse) return;
      try {
        this.#release();
      } catch {
        // A disk that refuses to remove it. Whoever comes next finds a lock of ours that nobody holds, and hears of failures.
      }
    }, lingerMs);
  }

  #release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    unlock(this.#path);
  }
}
