// So many at a time; the others wait in the order they came, or until their signal says stop.
export interface Turns {
  /** Dispose it to let the next one in. Rejects with the signal's reason. */
  take(signal: AbortSignal): Promise<Disposable>;
}

export function createTurns(max: number): Turns {
  let free = max;
  const waiting = new Set<() => void>();

  const turn = (): Disposable => {
    let isOver = false;
    return {
      [Symbol.dispose]() {
        if (isOver) return;
        isOver = true;
        const [next] = waiting;
        if (next === undefined) free += 1;
        else next();
      },
    };
  };

  return {
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return turn();
      }
      return new Promise<Disposable>((resolve, reject) => {
        const stop = () => {
          waiting.delete(enter);
          reject(signal.reason as Error);
        };
        const enter = () => {
          waiting.delete(enter);
          signal.removeEventListener('abort', stop);
          resolve(turn());
        };
        waiting.add(enter);
        signal.addEventListener('abort', stop, { once: true });
      });
    },
  };
}
