// Whether a recipient that was put off once more is given up, and when it is tried again otherwise. Pure.
//
// RFC 5321 §4.5.4.1: give up after days of trying. Of trying: mail that was only held is old and was never tried, so age alone
// is not enough. What is our own fault never gives up (law 8): the sender's mail is fine, we are not.
import type { DeferralCause } from '@restante/mail-model';
import { nextStep, type RetrySchedule } from '@restante/retry-queue';

/** So many tries, this one included, have to have failed. */
const attemptsMin = 3;

export interface PutOff {
  readonly cause: DeferralCause;
  /** Attempts that failed, this one included. */
  readonly attempts: number;
  /** How long ago the one before was; tries in one breath are one try. */
  readonly sinceFormerMs: number;
  /** The age that counts (law 8). */
  readonly ageMs: number;
}

export function isGivenUp(
  schedule: RetrySchedule,
  { cause, attempts, sinceFormerMs, ageMs }: PutOff,
): boolean {
  if (ageMs < schedule.lifetimeMs || cause === 'our-own-fault') return false;
  return attempts >= attemptsMin && sinceFormerMs >= schedule.firstDelayMs / 2;
}

export function retryDelayMs(
  schedule: RetrySchedule,
  { attempts, ageMs }: Pick<PutOff, 'attempts' | 'ageMs'>,
): number {
  // Past its lifetime and not given up: it goes on as if it were young.
  const step = nextStep(schedule, {
    attemptsMade: attempts,
    ageMs: ageMs < schedule.lifetimeMs ? ageMs : 0,
  });
  return step.kind === 'retry' ? step.delayMs : schedule.firstDelayMs;
}
