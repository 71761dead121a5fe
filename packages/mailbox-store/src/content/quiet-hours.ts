// What can wait: indexing what was delivered, forgetting what was expunged. Done when nobody has delivered for a moment, and slowly
// when that moment does not come. Nothing here is needed for a right answer; what does not fit is left for the next search.
import type { ContentKey, ReadBytes } from './content-index.ts';

export interface QuietIndex {
  index(keys: readonly ContentKey[], read: ReadBytes): Promise<void>;
  forgetNow(keys: readonly ContentKey[]): Promise<void>;
}

export interface QuietHoursOptions {
  readonly quietMs: number;
  readonly onTrouble: (index: QuietIndex, cause: unknown) => void;
}

interface Waiting {
  /** Each with who can read it: they are of many folders. */
  readonly add: Map<ContentKey, ReadBytes>;
  readonly forget: Set<ContentKey>;
}

/** Of all accounts together. */
const waitingMax = 20_000;
const atOnce = 64;
/** So long at most is everything put off; then a little is done between deliveries. */
const patienceFactor = 10;

export class QuietHours implements Disposable {
  readonly #options: QuietHoursOptions;
  readonly #waiting = new Map<QuietIndex, Waiting>();
  #count = 0;
  #timer: NodeJS.Timeout | undefined;
  #calledAtMs = 0;
  #firstAtMs = 0;
  #isWorking = false;

  constructor(options: QuietHoursOptions) {
    this.#options = options;
  }

  add(index: QuietIndex, keys: readonly ContentKey[], read: ReadBytes): void {
    const waiting = this.#of(index);
    for (const key of keys) {
      waiting.forget.delete(key);
      if (this.#count >= waitingMax || waiting.add.has(key)) continue;
      waiting.add.set(key, read);
      this.#count += 1;
    }
    this.#wake();
  }

  forget(index: QuietIndex, keys: readonly ContentKey[]): void {
    const waiting = this.#of(index);
    for (const key of keys) {
      if (waiting.add.delete(key)) this.#count -= 1;
      waiting.forget.add(key);
    }
    this.#wake();
  }

  keep(index: QuietIndex, keys: readonly ContentKey[]): void {
    const forget = this.#waiting.get(index)?.forget;
    if (forget === undefined || forget.size === 0) return;
    for (const key of keys) forget.delete(key);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#waiting.clear();
    this.#isWorking = true;
  }

  #of(index: QuietIndex): Waiting {
    let waiting = this.#waiting.get(index);
    if (waiting === undefined) {
      waiting = { add: new Map(), forget: new Set() };
      this.#waiting.set(index, waiting);
    }
    return waiting;
  }

  #wake(): void {
    this.#calledAtMs = performance.now();
    if (this.#isWorking || this.#timer !== undefined) return;
    this.#firstAtMs = this.#calledAtMs;
    this.#sleep(this.#options.quietMs);
  }

  #sleep(delayMs: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, delayMs);
    this.#timer.unref();
  }

  #look(): void {
    const { quietMs } = this.#options;
    const now = performance.now();
    const isQuiet = now - this.#calledAtMs >= quietMs;
    if (!isQuiet && now - this.#firstAtMs < quietMs * patienceFactor) {
      this.#sleep(quietMs - (now - this.#calledAtMs));
      return;
    }
    this.#isWorking = true;
    void this.#workOnce().then(() => {
      this.#isWorking = false;
      // Between deliveries no more than a few per moment.
      if (this.#waiting.size > 0) this.#sleep(isQuiet ? 0 : quietMs / patienceFactor);
    });
  }

  async #workOnce(): Promise<void> {
    const [entry] = this.#waiting;
    if (entry === undefined) return;
    const [index, waiting] = entry;
    const forget = [...waiting.forget].slice(0, atOnce);
    const add = new Map([...waiting.add].slice(0, atOnce));
    for (const key of forget) waiting.forget.delete(key);
    for (const key of add.keys()) waiting.add.delete(key);
    this.#count -= add.size;
    if (waiting.add.size + waiting.forget.size === 0) this.#waiting.delete(index);
    try {
      if (forget.length > 0) await index.forgetNow(forget);
      if (add.size > 0) await index.index([...add.keys()], async (key) => add.get(key)?.(key));
    } catch (cause) {
      // Not needed for any promise: the next search does it, or reads the messages.
      this.#options.onTrouble(index, cause);
    }
  }
}
