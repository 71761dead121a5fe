// One run at a time. Who asks while one goes on gets the next one, shared with everybody who asks meanwhile: the one that goes
// on may have passed already what the asker knows about. The shared one is thorough if anybody wants it so.
export interface Wish {
  readonly thorough: boolean;
}

export interface Turns<T> {
  run(wish: Wish): Promise<T>;
  /** Resolves when nothing runs; failures were the askers' to see. */
  settled(): Promise<void>;
}

export function takeTurns<T>(work: (wish: Wish) => Promise<T>): Turns<T> {
  let running: Promise<T> | undefined;
  let next: { thorough: boolean; readonly result: Promise<T> } | undefined;

  const begin = async (wish: Wish): Promise<T> => {
    running = work(wish).finally(() => {
      running = undefined;
    });
    return running;
  };
  const after = async (former: Promise<T>): Promise<T> => {
    // Whoever asked for the former one saw it fail.
    await former.catch(() => undefined);
    const thorough = next?.thorough ?? true;
    next = undefined;
    return begin({ thorough });
  };

  return {
    async run(wish) {
      if (next !== undefined) {
        next.thorough ||= wish.thorough;
      } else if (running === undefined) {
        return begin(wish);
      } else {
        next = { thorough: wish.thorough, result: after(running) };
      }
      return next.result;
    },
    async settled() {
      while (running !== undefined || next !== undefined)
        await (next?.result ?? running)?.catch(() => undefined);
    },
  };
}
