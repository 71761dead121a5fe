// Waits for something to come true at a site, with a deadline; what it met meanwhile is told when it never does.
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../errors.ts';

export interface UntilOptions {
  /** Ends the sentence "Waited n s in vain until ...". */
  readonly what: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** Resolves with the first answer that is not false. */
export async function until<T>(
  ask: () => Promise<T | false>,
  { what, deadlineMs, signal }: UntilOptions,
): Promise<T> {
  const endMs = performance.now() + deadlineMs;
  let lastFailure: unknown;
  while (performance.now() < endMs) {
    signal.throwIfAborted();
    try {
      const answer = await ask();
      if (answer !== false) return answer;
      lastFailure = undefined;
    } catch (failure) {
      lastFailure = failure; // A site that is away, or not there yet, is asked again.
    }
    await sleep(200, undefined, { signal });
  }
  throw new CliError('FOUND_A_PROBLEM', `Waited ${deadlineMs / 1000} s in vain until ${what}.`, {
    cause: lastFailure,
  });
}
