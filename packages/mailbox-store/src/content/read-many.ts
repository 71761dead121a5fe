// Reads many messages a few at a time, in bounded memory.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ContentKey, ReadBytes } from './content-index.ts';

const lanesCount = 4;

/** Calls `take` for each message that is still there; the next are read when it is done. The first failure ends it. */
export async function readMany(
  keys: readonly ContentKey[],
  read: ReadBytes,
  take: (key: ContentKey, bytes: Buffer, index: number) => Promise<void> | void,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < keys.length; index = next++) {
      const key = keys[index] ?? '';
      try {
        const bytes = await read(key);
        if (bytes !== undefined) await take(key, bytes, index);
      } catch (cause) {
        // The other lanes stop as well.
        next = keys.length;
        throw cause;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanesCount, keys.length) }, lane));
}

/** Gives the event loop its turn when this has worked for some time. */
export class Breath {
  readonly #longestMs: number;
  #since = performance.now();

  constructor(longestMs = 4) {
    this.#longestMs = longestMs;
  }

  get isDue(): boolean {
    return performance.now() - this.#since > this.#longestMs;
  }

  async take(): Promise<void> {
    await nextTurn();
    this.#since = performance.now();
  }
}
