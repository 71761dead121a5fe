// Redis where it answers, this process where it does not; both know everything that happened here.
//
// A Redis that is silent costs a login a quarter of a second, once; then it is left alone for a moment.
import type { Clock } from '@restante/runtime';
import type { MemoryTryCounts } from './memory-try-counts.ts';
import type { Addition, Count, TryCounts } from './try-counts.ts';

const patienceMs = 250;
const leftAloneMs = 1000;

export interface SharedTryCountsOptions {
  readonly shared: TryCounts;
  readonly own: MemoryTryCounts;
  readonly clock: Clock;
  /** It became reachable, or no longer is. */
  readonly onReachable?: (isReachable: boolean, cause?: unknown) => void;
}

export class SharedTryCounts implements TryCounts {
  readonly #options: SharedTryCountsOptions;
  #leftAloneUntilMs = 0;
  #isReachable = true;

  constructor(options: SharedTryCountsOptions) {
    this.#options = options;
  }

  async look(keys: readonly string[]): Promise<readonly Count[]> {
    const { own, shared } = this.#options;
    const counts = await own.look(keys);
    const others = await this.#ask(async () => shared.look(keys));
    // What was counted while Redis was away counts as well.
    return counts.map((mine, index) => worse(mine, others?.[index] ?? mine));
  }

  async add(key: string, addition: Addition): Promise<void> {
    const { own, shared } = this.#options;
    await own.add(key, addition);
    await this.#ask(async () => shared.add(key, addition));
  }

  async forget(key: string): Promise<void> {
    const { own, shared } = this.#options;
    await own.forget(key);
    await this.#ask(async () => shared.forget(key));
  }

  async #ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    const { clock } = this.#options;
    if (clock.monotonicMs() < this.#leftAloneUntilMs) return undefined;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error('Redis is silent.')), patienceMs);
    try {
      const answer = await Promise.race([question(), late]);
      this.#tell(true);
      return answer;
    } catch (cause) {
      // Guessing is still counted by this process; nobody is kept out because Redis is away (law 3).
      this.#leftAloneUntilMs = clock.monotonicMs() + leftAloneMs;
      this.#tell(false, cause);
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  #tell(isReachable: boolean, cause?: unknown): void {
    if (this.#isReachable === isReachable) return;
    this.#isReachable = isReachable;
    this.#options.onReachable?.(isReachable, cause);
  }
}

function worse(one: Count, other: Count): Count {
  return other.count > one.count || (other.count === one.count && other.lastAtMs > one.lastAtMs)
    ? other
    : one;
}
