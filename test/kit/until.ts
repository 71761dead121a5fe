// Waits for a condition with a deadline, instead of sleeping for luck. The error says what never came true.
import { setTimeout as pause } from 'node:timers/promises';

export interface UntilOptions {
  /** What is waited for; asked for its words only when it never came true. */
  readonly what: string | (() => string);
  readonly deadlineMs?: number;
  readonly everyMs?: number;
}

/** Resolves with the first truthy answer. */
export async function until<T>(
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  { what, deadlineMs = 30_000, everyMs = 50 }: UntilOptions,
): Promise<T> {
  const endMs = performance.now() + deadlineMs;
  let lastFailure: unknown;
  while (performance.now() < endMs) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      lastFailure = undefined;
    } catch (cause) {
      lastFailure = cause;
    }
    await pause(everyMs);
  }
  throw new Error(
    `Waited ${deadlineMs} ms in vain until ${typeof what === 'string' ? what : what()}.`,
    { cause: lastFailure },
  );
}
