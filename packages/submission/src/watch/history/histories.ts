// The histories in memory: those used of late, read from the store when they are needed, written back together and behind.
import type { Clock } from '@restante/runtime';
import type { HistoryStore } from './history-store.ts';
import { emptyHistory, type SenderHistory } from './sender-history.ts';

const inMemoryMax = 1_000;
const saveEveryMs = 5_000;

export interface HistoriesOptions {
  /** Absent: what is learned ends with the process. */
  readonly store?: HistoryStore;
  readonly clock: Clock;
  readonly onTrouble: (what: string, cause: unknown) => void;
}

export class Histories implements Disposable {
  readonly #options: HistoriesOptions;
  readonly #inMemory = new Map<string, SenderHistory>();
  readonly #unsaved = new Map<string, SenderHistory>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: HistoriesOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#save(), saveEveryMs).unref();
  }

  /** Undefined when the account has sent nothing yet. */
  peek(account: string): SenderHistory | undefined {
    return this.#inMemory.get(account) ?? this.#load(account);
  }

  /** To be changed by the caller. */
  of(account: string): SenderHistory {
    const history = this.peek(account) ?? emptyHistory(this.#options.clock.now());
    this.#inMemory.delete(account);
    this.#inMemory.set(account, history);
    this.#unsaved.set(account, history);
    for (const oldest of this.#inMemory.keys()) {
      if (this.#inMemory.size <= inMemoryMax) break;
      if (this.#unsaved.has(oldest)) this.#save();
      this.#inMemory.delete(oldest);
    }
    return history;
  }

  forget(account: string): void {
    this.#inMemory.delete(account);
    this.#unsaved.delete(account);
    this.#withStore((store) => store.forget(account));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#save();
    this.#options.store?.[Symbol.dispose]();
  }

  #load(account: string): SenderHistory | undefined {
    return this.#withStore((store) => store.load(account));
  }

  #save(): void {
    if (this.#unsaved.size === 0) return;
    const unsaved = new Map(this.#unsaved);
    this.#unsaved.clear();
    this.#withStore((store) => store.save(unsaved));
  }

  /** A store in trouble costs what was learned, nothing else. */
  #withStore<T>(work: (store: HistoryStore) => T): T | undefined {
    const { store, onTrouble } = this.#options;
    if (store === undefined) return undefined;
    try {
      return work(store);
    } catch (cause) {
      onTrouble('What is usual for an account cannot be read or kept.', cause);
      return undefined;
    }
  }
}
