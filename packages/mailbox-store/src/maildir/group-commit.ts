// Many callers, one disk operation: whoever asks while one runs shares the next one.
//
// Promise: an operation that answers a request began after the request was made, so what the caller did before asking is
// covered by it. A lone caller waits for nobody. If the operation fails, everybody it was for hears of it, and nobody else.

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (cause: unknown) => void;
}

export class GroupCommit<Item, Answer> {
  readonly #run: (items: readonly Item[]) => Promise<readonly Answer[]>;
  #waiting: Waiting<Item, Answer>[] = [];
  #isRunning = false;

  /** `run` answers in the order of the items. */
  constructor(run: (items: readonly Item[]) => Promise<readonly Answer[]>) {
    this.#run = run;
  }

  request(item: Item): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.push({ item, resolve, reject });
    if (!this.#isRunning) void this.#work();
    return promise;
  }

  async #work(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        const answers = await this.#run(group.map((waiting) => waiting.item));
        group.forEach((waiting, index) => waiting.resolve(answers[index] as Answer));
      } catch (cause) {
        for (const waiting of group) waiting.reject(cause);
      }
    }
    this.#isRunning = false;
  }
}
