// The time that one exchange may take, as a signal and as a promise to race with.
import type { Clock } from '@restante/runtime';
import { ScannersError } from './errors.ts';

export interface TimeLimit {
  readonly signal: AbortSignal;
  /** Never resolves; rejects when the time is up or the caller is gone. */
  readonly reached: Promise<never>;
  stop(): void;
}

/** Ends early when the caller's signal does. */
export function startLimit(
  clock: Clock,
  budgetMs: number,
  caller: AbortSignal | undefined,
): TimeLimit {
  const over = new AbortController();
  const done = new AbortController();
  const signal = caller === undefined ? over.signal : AbortSignal.any([caller, over.signal]);
  const reached = new Promise<never>((_resolve, reject) => {
    const end = () => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  reached.catch(() => undefined);
  clock.sleep(budgetMs, done.signal).then(
    () => over.abort(new ScannersError('SCANNER_TOO_SLOW', { about: `${budgetMs} ms` })),
    // It was stopped: the answer came in time.
    () => undefined,
  );
  return { signal, reached, stop: () => done.abort() };
}
