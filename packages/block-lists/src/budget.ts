// Patience: one end for several waits that began together, and so many questions to one list at the same time.

export interface Budget {
  /** Undefined when the time is over first. `work` must not reject. */
  within<T>(work: Promise<T>): Promise<T | undefined>;
  /** Nobody waits any more. */
  readonly end: () => void;
}

export function startBudget(budgetMs: number): Budget {
  const { promise: over, resolve } = Promise.withResolvers<undefined>();
  const end = () => resolve(undefined);
  const timer = setTimeout(end, budgetMs);
  return {
    within: async (work) => Promise.race([work, over]),
    end() {
      clearTimeout(timer);
      end();
    },
  };
}

/**
 * A list that does not answer keeps its questions in the resolver longer than we wait for them; without a bound they
 * would fill it and slow down what has nothing to do with the list.
 */
export interface Gate {
  /** Undefined: there was no place within the budget, or no answer. `work` must not reject. */
  run<T>(work: () => Promise<T>, budget: Budget): Promise<T | undefined>;
}

interface Turn {
  hasPlace: boolean;
  isGone: boolean;
  come(): void;
}

export function createGate(max: number): Gate {
  const waiting: Turn[] = [];
  let running = 0;

  const leave = () => {
    let next = waiting.shift();
    while (next?.isGone === true) next = waiting.shift();
    if (next === undefined) running -= 1;
    else next.come();
  };

  const takePlace = async (budget: Budget): Promise<boolean> => {
    if (running < max) {
      running += 1;
      return true;
    }
    const { promise, resolve } = Promise.withResolvers<true>();
    const turn: Turn = {
      hasPlace: false,
      isGone: false,
      come() {
        turn.hasPlace = true;
        resolve(true);
      },
    };
    waiting.push(turn);
    if ((await budget.within(promise)) === true) return true;
    turn.isGone = true;
    // The place came in the same instant as the end.
    if (turn.hasPlace) leave();
    return false;
  };

  return {
    async run(work, budget) {
      if (!(await takePlace(budget))) return undefined;
      // The place is free when the question ends, not when we stop waiting for it.
      return budget.within(work().finally(leave));
    },
  };
}
