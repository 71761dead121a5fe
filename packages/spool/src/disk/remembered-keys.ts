// What is known about each duplicate key, and for how long that counts: ids for `rememberMs` after they were last needed, replies for
// `retryWindowMs` after the message was accepted. Fed by this run, by segments and by the ledger.
import type { Clock } from '@restante/runtime';
import { keyFlags, KeyTable, minuteIn, minuteOf } from './key-table.ts';
import { isReplyKey } from './message-keys.ts';

const retryWindowDefaultMs = 86_400_000;

export interface RememberedKeysOptions {
  readonly clock: Clock;
  readonly rememberMs: number;
  readonly retryWindowMs?: number;
}

export class RememberedKeys {
  readonly #table = new KeyTable();
  readonly #clock: Clock;
  readonly #rememberMs: number;
  readonly #retryWindowMs: number;

  constructor(options: RememberedKeysOptions) {
    const { clock, rememberMs, retryWindowMs = retryWindowDefaultMs } = options;
    this.#clock = clock;
    this.#rememberMs = rememberMs;
    this.#retryWindowMs = retryWindowMs;
  }

  /** The longest that any key counts. */
  get keepMs(): number {
    return Math.max(this.#rememberMs, this.#retryWindowMs);
  }

  /** What is known about the key at this place of the array; 0 when nothing is. */
  info(keys: Uint32Array, at: number): number {
    return this.#table.get(keys[at] ?? 0, keys[at + 1] ?? 0, keys[at + 2] ?? 0);
  }

  /** The same, 0 also when it is too old to count. */
  recent(keys: Uint32Array, at: number): number {
    const info = this.info(keys, at);
    return info !== 0 && this.isTooOld(keys[at + 2] ?? 0, minuteIn(info)) ? 0 : info;
  }

  set(keys: Uint32Array, at: number, info: number): void {
    this.#table.set(keys[at] ?? 0, keys[at + 1] ?? 0, keys[at + 2] ?? 0, info);
  }

  /** Takes the key back to what was known before. */
  restore(keys: Uint32Array, at: number, info: number): void {
    this.#table.restore(keys[at] ?? 0, keys[at + 1] ?? 0, keys[at + 2] ?? 0, info);
  }

  /** Changes flags of all the keys that are there. */
  change(keys: Uint32Array, how: { readonly add?: number; readonly remove?: number }): void {
    for (let at = 0; at < keys.length; at += 3) this.#changeOne(keys, at, how);
  }

  /** What a segment or the ledger tells of the past; never overrules what this run knows. */
  remember(
    keys: Uint32Array,
    { isConfirmed, minute }: { readonly isConfirmed: boolean; readonly minute: number },
  ): void {
    for (let at = 0; at < keys.length; at += 3) {
      if ((this.info(keys, at) & keyFlags.ours) !== 0) continue;
      const lastWord = keys[at + 2] ?? 0;
      // Ids count while their segment is there, whatever their age; the ledger asks by itself.
      if (isReplyKey(lastWord) && this.isTooOld(lastWord, minute)) continue;
      this.set(keys, at, (isConfirmed ? keyFlags.confirmed : 0) | minute);
    }
  }

  /** A confirmation found while reading old segments. */
  rememberConfirmed(keys: Uint32Array): void {
    for (let at = 0; at < keys.length; at += 3) {
      if ((this.info(keys, at) & keyFlags.ours) === 0)
        this.#changeOne(keys, at, { add: keyFlags.confirmed });
    }
  }

  /** Minute and confirmation of a key, as the ledger writes them; undefined when it need not be remembered. */
  worthKeeping(keys: Uint32Array, at: number): number | undefined {
    const info = this.recent(keys, at);
    return info === 0 ? undefined : minuteIn(info) | (info & keyFlags.confirmed);
  }

  isTooOld(lastWord: number, minute: number): boolean {
    return minute < this.#oldestMinute(lastWord);
  }

  /** Keeps ids for the whole time from now on. A reply is lost when its message is accepted, so that time counts from there. */
  touch(keys: Uint32Array): void {
    const minute = minuteOf(this.#clock.now());
    for (let at = 0; at < keys.length; at += 3) {
      const lastWord = keys[at + 2] ?? 0;
      if (!isReplyKey(lastWord))
        this.#table.touch(keys[at] ?? 0, keys[at + 1] ?? 0, lastWord, minute);
    }
  }

  /** Drops what is too old; touch() first what must stay. */
  sweep(): void {
    this.#table.sweep((lastWord) => this.#oldestMinute(lastWord));
  }

  #oldestMinute(lastWord: number): number {
    const keepMs = isReplyKey(lastWord) ? this.#retryWindowMs : this.#rememberMs;
    return minuteOf(this.#clock.now() - keepMs);
  }

  #changeOne(
    keys: Uint32Array,
    at: number,
    how: { readonly add?: number; readonly remove?: number },
  ): void {
    this.#table.change(keys[at] ?? 0, keys[at + 1] ?? 0, keys[at + 2] ?? 0, how);
  }
}
