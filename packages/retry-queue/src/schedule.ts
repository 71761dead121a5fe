// When to try again, when to tell the sender, when to give up. Pure; clock and chance are the caller's.
//
// RFC 5321 §4.5.4.1: retry at growing intervals, give up only after at least 4-5 days. The growth starts gently (a minute)
// because most outages are short, and stops at hours because a long outage needs no hammering.
// `ageMs` is the age that counts: time in which the next hop was one of our own sites and away is not in it (law 8).

export interface RetrySchedule {
  readonly firstDelayMs: number;
  readonly delayMaxMs: number;
  /** Each delay is this many times the one before. */
  readonly growth: number;
  /** Share of the delay that chance may add or take, 0 to 1: so that a crowd does not come back as a crowd. */
  readonly jitter: number;
  readonly lifetimeMs: number;
  /** Age at which the sender is told once that the message is late. */
  readonly delayNoticeAfterMs: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export const defaultSchedule: RetrySchedule = {
  firstDelayMs: minuteMs,
  delayMaxMs: 4 * hourMs,
  growth: 2,
  jitter: 0.1,
  lifetimeMs: 5 * 24 * hourMs,
  delayNoticeAfterMs: 4 * hourMs,
};

export type ScheduledStep =
  | { readonly kind: 'retry'; readonly delayMs: number }
  | { readonly kind: 'give-up' };

export interface History {
  /** Attempts that were made and failed; at least 1 when the question arises. */
  readonly attemptsMade: number;
  readonly ageMs: number;
}

/** What follows a temporary failure. `random` gives a number in [0, 1). */
export function nextStep(
  schedule: RetrySchedule,
  { attemptsMade, ageMs }: History,
  random: () => number = Math.random,
): ScheduledStep {
  if (ageMs >= schedule.lifetimeMs) return { kind: 'give-up' };

  const exponent = Math.max(0, Math.min(attemptsMade - 1, 64));
  const grown = Math.min(schedule.firstDelayMs * schedule.growth ** exponent, schedule.delayMaxMs);
  const spread = grown * schedule.jitter;
  const delayMs = Math.round(grown - spread + 2 * spread * random());

  // The last attempt comes at the very end of the lifetime, not up to four hours after it.
  return { kind: 'retry', delayMs: Math.max(1, Math.min(delayMs, schedule.lifetimeMs - ageMs)) };
}

/** Is it time to tell the sender (RFC 5321 §4.5.4.1)? Whether this sender may be told is for whoever builds the notice. */
export function delayNoticeDue(
  schedule: RetrySchedule,
  { ageMs, noticeSent }: { readonly ageMs: number; readonly noticeSent: boolean },
): boolean {
  return !noticeSent && ageMs >= schedule.delayNoticeAfterMs && ageMs < schedule.lifetimeMs;
}
