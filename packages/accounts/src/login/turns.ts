// One after the other for the same key, all keys at once. So a hundred guesses on a hundred connections are a hundred tries
// that each know of the one before.

const waitingMax = 64;

export class Turns {
  readonly #last = new Map<string, { readonly end: Promise<unknown>; readonly length: number }>();

  /** Undefined, at once, when too many are waiting already. */
  take<T>(key: string, work: () => Promise<T>): Promise<T> | undefined {
    const before = this.#last.get(key);
    const length = (before?.length ?? 0) + 1;
    if (length > waitingMax) return undefined;
    const result = (before?.end ?? Promise.resolve()).then(work);
    const end = result
      // Whoever took the turn hears of the failure; the next one only waits for the end.
      .catch(() => undefined)
      .then(() => {
        if (this.#last.get(key)?.end === end) this.#last.delete(key);
      });
    this.#last.set(key, { end, length });
    return result;
  }
}
