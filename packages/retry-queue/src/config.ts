// [retry]: when a message that could not be delivered is tried again. The names are those of RetrySchedule.
import { count, duration, ratio, section } from '@restante/config';
import type { SectionCheck } from '@restante/config';

const fields = {
  firstDelayMs: duration({
    default: '1min',
    min: '1s',
    max: '1h',
    about: 'Pause after the first attempt.',
  }),
  // RFC 5321 §4.5.4.1: growing intervals, half an hour and more in the long run.
  delayMaxMs: duration({ default: '4h', min: '1s', max: '1d', about: 'Longest pause.' }),
  growth: ratio({
    default: 2,
    min: 1,
    max: 10,
    about: 'Each pause is this many times the one before.',
  }),
  jitter: ratio({
    default: 0.1,
    min: 0,
    max: 0.5,
    about:
      'Share of the pause that chance adds or takes, so that a crowd does not come back as a crowd.',
  }),
  // RFC 5321 §4.5.4.1: give up after four to five days.
  lifetimeMs: duration({
    default: '5d',
    min: '1min',
    max: '30d',
    about:
      'A message is given up at this age. Time while its home is one of our own sites and away does not count.',
  }),
  delayNoticeAfterMs: duration({
    default: '4h',
    min: '1min',
    max: '7d',
    about: 'Age at which the sender is told, once, that the message is late.',
  }),
  retryAfterFaultMs: duration({
    default: '1min',
    min: '1s',
    max: '1h',
    about: 'Pause after an attempt that failed through a fault of our own.',
  }),
  localConcurrencyMax: count({
    default: 32,
    min: 1,
    max: 1000,
    about: 'Deliveries into mailboxes of this site at the same time.',
  }),
  internetConcurrencyMax: count({
    default: 50,
    min: 1,
    max: 1000,
    about: 'Deliveries to other mail servers at the same time.',
  }),
};

/** Otherwise a message would die while it still waits for its next attempt. */
export const lifetimeExceedsLongestDelay: SectionCheck<typeof fields> = ({
  lifetimeMs,
  delayMaxMs,
}) =>
  lifetimeMs > delayMaxMs
    ? undefined
    : {
        field: 'lifetimeMs',
        problem: 'is not longer than delay_max',
        remedy:
          'Make it several times the longest pause, or a message dies before its next attempt.',
      };

export const firstDelayIsNotLongest: SectionCheck<typeof fields> = ({ firstDelayMs, delayMaxMs }) =>
  firstDelayMs <= delayMaxMs
    ? undefined
    : {
        field: 'firstDelayMs',
        problem: 'is longer than delay_max',
        remedy: 'Make it shorter than the longest pause.',
      };

export const delayNoticeBeforeTheEnd: SectionCheck<typeof fields> = ({
  delayNoticeAfterMs,
  lifetimeMs,
}) =>
  delayNoticeAfterMs < lifetimeMs
    ? undefined
    : {
        field: 'delayNoticeAfterMs',
        problem: 'is not before the end of lifetime',
        remedy: 'Make it shorter: the notice would never be sent.',
      };

export const retrySection = section('retry', fields, {
  about: 'When a message that could not be delivered is tried again, and when it is given up.',
  checks: [lifetimeExceedsLongestDelay, firstDelayIsNotLongest, delayNoticeBeforeTheEnd],
});
