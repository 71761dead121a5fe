// [submission]: what people who log in to send mail may do.
import { count, flag, oneOf, section } from '@restante/config';

export const submissionSection = section(
  'submission',
  {
    // A letter to a whole club goes out at once; a machine that sends all the time meets these first.
    recipientsPerMinute: count({
      default: 120,
      min: 1,
      max: 1_000_000,
      about: 'Recipients an account may send to within a minute.',
    }),
    recipientsPerTenMinutes: count({
      default: 200,
      min: 1,
      max: 1_000_000,
      about: 'Recipients an account may send to within ten minutes.',
    }),
    // A stolen password is used within minutes; people who write do not notice these.
    recipientsPerHour: count({
      default: 300,
      min: 1,
      max: 1_000_000,
      about:
        'Recipients an account may send to within an hour, at both sites together. "restante account set" gives one account limits of its own; its bursts grow with them.',
    }),
    recipientsPerDay: count({
      default: 2_000,
      min: 1,
      max: 10_000_000,
      about: 'Recipients an account may send to within a day, at both sites together.',
    }),
    showsClient: flag({
      default: false,
      about: 'Write the address and name of the computer a person wrote from into the message.',
    }),
    clearTextLogins: oneOf(['never', 'loopback'], {
      default: 'never',
      about: 'Where passwords are taken without TLS: nowhere, or from this machine.',
    }),
  },
  {
    about: 'What people who log in to send mail may do.',
    checks: [
      ({ recipientsPerHour, recipientsPerDay }) =>
        recipientsPerHour <= recipientsPerDay
          ? undefined
          : {
              field: 'recipientsPerHour',
              problem: 'is more than recipients_per_day',
              remedy: 'An hour is part of its day; make it smaller.',
            },
    ],
  },
);
