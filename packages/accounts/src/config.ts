// [logins]: what stops guessing, and what is written down about it.
import { bytes, count, duration, flag, section } from '@restante/config';

export const loginsSection = section(
  'logins',
  {
    triesFree: count({
      default: 5,
      min: 1,
      max: 1000,
      about: 'Wrong passwords for one account from one place before it has to wait.',
    }),
    networkTriesFree: count({
      default: 100,
      min: 5,
      max: 100_000,
      about: 'Wrong passwords from one network (/24, /64), for whomever, before it has to wait.',
    }),
    waitFirstMs: duration({
      default: '10s',
      min: '1s',
      max: '1h',
      about: 'The first wait; it doubles with every further wrong password.',
    }),
    waitMaxMs: duration({ default: '15min', min: '1s', max: '1d', about: 'The longest wait.' }),
    offerScram: flag({
      default: true,
      about:
        'Offer SCRAM. Say no while accounts have hashes from another server: they cannot use it before their first login with a password.',
    }),
    auditFileMaxBytes: bytes({
      default: '16MiB',
      min: '64KiB',
      max: '1GiB',
      about: 'A file of the audit log that has grown so far is followed by a new one.',
    }),
    auditFilesKept: count({
      default: 8,
      min: 1,
      max: 1000,
      about: 'Older files of the audit log that are kept.',
    }),
  },
  { about: 'What stops guessing of passwords, and what is written down about logins.' },
);
