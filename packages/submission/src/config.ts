// [submission]: what people who log in to send mail may do.
import { count, flag, oneOf, section } from '@restante/config';

export const submissionSection = section(
  'submission',
  {
    // A stolen password is used within minutes; people who write do not notice these.
    recipientsPerHour: count({
      default: 300,
      min: 1,
      max: 1_000_000,
      about: 'Recipients an account may send to within an hour, at both sites together.',
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
