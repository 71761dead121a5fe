// Counts of this process alone. Bounded: the ones that were touched longest ago are forgotten first.
import type { Clock } from '@restante/runtime';
import { type Addition, type Count, marksMax, noCount, type TryCounts } from './try-counts.ts';

interface Entry extends Count {
  readonly endsAtMs: number;
  readonly marks: readonly string[];
}

const entriesMax = 200_000;

export class MemoryTryCounts implements TryCounts {
  readonly #clock: Clock;
  /** The one touched longest ago first. */
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async look(keys: readonly string[]): Promise<readonly Count[]> {
    return keys.map((key) => this.#live(key) ?? noCount);
  }

  async add(key: string, { atMs, keepMs, mark }: Addition): Promise<void> {
    const before = this.#live(key);
    const marks = before?.marks ?? [];
    if (mark !== undefined && marks.includes(mark)) return;
    this.#entries.delete(key);
    this.#entries.set(key, {
      count: (before?.count ?? 0) + 1,
      lastAtMs: atMs,
      endsAtMs: this.#clock.now() + keepMs,
      marks: mark === undefined ? marks : [...marks, mark].slice(-marksMax),
    });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= entriesMax) break;
      this.#entries.delete(oldest);
    }
  }

  async forget(key: string): Promise<void> {
    this.#entries.delete(key);
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.endsAtMs > this.#clock.now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }
}
