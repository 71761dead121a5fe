// The content indexes of all accounts in this process: one worker, one queue of what may wait, files closed when nobody uses them.
import type { ContentIndex, ContentShelf, ContentShelfOptions } from './content-index.ts';
import { QuietHours } from './quiet-hours.ts';
import { SqliteContentIndex } from './sqlite-content-index.ts';
import { WorkerDoor } from './worker-door.ts';

const quietDefaultMs = 2000;
/** An open file costs memory; a thousand clients that idle have none open. */
const idleMs = 30_000;

export function openContentShelf(options: ContentShelfOptions = {}): ContentShelf {
  return new Shelf(options);
}

class Shelf implements ContentShelf {
  readonly #indexes = new Map<string, SqliteContentIndex>();
  readonly #onTrouble: (path: string, cause: unknown) => void;
  readonly #door: WorkerDoor;
  readonly #later: QuietHours;
  readonly #sweeper: NodeJS.Timeout;

  constructor({ onTrouble, quietMs = quietDefaultMs }: ContentShelfOptions) {
    this.#onTrouble = (path, cause) => onTrouble?.({ path, cause });
    this.#door = new WorkerDoor({
      onThrownAway: (path, problem) => {
        this.#indexes.get(path)?.closeReader();
        this.#onTrouble(path, new Error(`The content index was begun anew: ${problem}`));
      },
    });
    const pathOf = (wanted: unknown) =>
      [...this.#indexes].find(([, index]) => index === wanted)?.[0] ?? '';
    this.#later = new QuietHours({
      quietMs,
      onTrouble: (index, cause) => this.#onTrouble(pathOf(index), cause),
    });
    this.#sweeper = setInterval(() => this.#closeIdle(), idleMs);
    this.#sweeper.unref();
  }

  of(path: string): ContentIndex {
    let index = this.#indexes.get(path);
    if (index === undefined) {
      index = new SqliteContentIndex({
        path,
        door: this.#door,
        later: this.#later,
        onTrouble: (cause) => this.#onTrouble(path, cause),
      });
      this.#indexes.set(path, index);
    }
    return index;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#sweeper);
    this.#later[Symbol.dispose]();
    await Promise.all([...this.#indexes.values()].map(async (index) => index.settle()));
    await this.#door[Symbol.asyncDispose]();
  }

  #closeIdle(): void {
    const now = performance.now();
    for (const index of this.#indexes.values()) {
      const since = index.idleSinceMs;
      if (since !== undefined && now - since > idleMs) index.closeReader();
    }
  }
}
