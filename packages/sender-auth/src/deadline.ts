// One end of waiting for all the questions of one check: when the budget is spent, or when the caller's signal says so.
//
// Promise: within() never waits longer than the budget as a whole, whatever the work does; nothing stays behind after end().

export interface Deadline extends Disposable {
  /** The work's result; rejects with BudgetSpent, or with the signal's reason. The work itself is not ended. */
  within<T>(work: Promise<T>): Promise<T>;
}

/** A stranger's DNS was too slow. Not an error of anybody here: whoever waits turns it into "could not find out". */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent';

  constructor(budgetMs: number) {
    super(`DNS did not answer within ${budgetMs} ms.`);
  }
}

export function startDeadline(budgetMs: number, signal?: AbortSignal): Deadline {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  // Nobody may be waiting when it comes.
  expired.catch(() => undefined);
  const stop = () => reject(signal?.reason);
  const timer = setTimeout(() => reject(new BudgetSpent(budgetMs)), budgetMs);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  return {
    within: (work) => Promise.race([work, expired]),
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    },
  };
}
