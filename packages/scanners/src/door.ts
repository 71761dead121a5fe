// What stands before each scanner: its budget, its breaker, and so many questions at a time.
//
// Promises
// - ask() answers within the budget, waiting for a turn included, whatever the question does; a left-alone scanner costs nothing.
// - Only the caller's own signal makes it throw.
import type { Clock } from '@restante/runtime';
import { createBreaker, type BreakerLimits } from './breaker.ts';
import { ScannersError, type ScannersFailureCode } from './errors.ts';
import type { ScannerEvent, ScannerName } from './scanners.ts';
import { startLimit } from './time-limit.ts';
import { createTurns } from './turns.ts';

export interface DoorOptions extends BreakerLimits {
  readonly scanner: ScannerName;
  readonly budgetMs: number;
  readonly concurrentMax: number;
  readonly clock: Clock;
  readonly onEvent: (event: ScannerEvent) => void;
}

export type Asked<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: ScannersError };

export interface Door {
  ask<T>(question: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<Asked<T>>;
}

export function createDoor(options: DoorOptions): Door {
  const { scanner, budgetMs, clock, onEvent } = options;
  const now = () => clock.monotonicMs();
  const turns = createTurns(options.concurrentMax);
  const breaker = createBreaker({
    failuresMax: options.failuresMax,
    restMs: options.restMs,
    nowMs: now,
    onChange: (to, why) => onEvent({ name: 'scanner.changed', scanner, to, why }),
  });

  return {
    async ask(question, caller) {
      caller?.throwIfAborted();
      const startedMs = now();
      const attempt = breaker.enter();
      const report = (outcome: 'ok' | 'failed' | 'skipped') =>
        onEvent({ name: 'scanner.answered', scanner, outcome, durationMs: now() - startedMs });
      if (attempt === undefined) {
        report('skipped');
        return failed(new ScannersError('SCANNER_LEFT_ALONE', { about: breaker.why }));
      }
      const limit = startLimit(clock, budgetMs, caller);
      let isWaiting = true;
      const work = async () => {
        using _turn = await turns.take(limit.signal);
        isWaiting = false;
        return await question(limit.signal);
      };
      try {
        const value = await Promise.race([work(), limit.reached]);
        attempt.succeeded();
        report('ok');
        return { kind: 'answered', value };
      } catch (cause) {
        if (caller?.aborted === true) {
          attempt.withdrawn();
          throw caller.reason;
        }
        const error = isWaiting ? new ScannersError('SCANNER_BUSY', { cause }) : explain(cause);
        if (notItsFault.has(error.code)) attempt.withdrawn();
        else attempt.failed(error.message);
        report('failed');
        return failed(error);
      } finally {
        limit.stop();
      }
    },
  };
}

function failed(error: ScannersError): { readonly kind: 'failed'; readonly error: ScannersError } {
  return { kind: 'failed', error };
}

function explain(cause: unknown): ScannersError {
  if (cause instanceof ScannersError) return cause;
  return new ScannersError('SCANNER_UNREACHABLE', {
    about: cause instanceof Error ? cause.message : String(cause),
    cause,
  });
}

/** What is wrong with this message, or with us, tells nothing about the scanner's health. */
const notItsFault: ReadonlySet<ScannersFailureCode> = new Set([
  'SCANNER_TOO_LARGE',
  'SCANNER_SKIPPED',
  'SCANNER_BODY_UNREADABLE',
  'SCANNER_BUSY',
]);
