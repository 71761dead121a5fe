// [mailboxes]: what every account has unless it was given something else.
import { bytes, count, duration, section } from '@restante/config';

export const mailboxesSection = section(
  'mailboxes',
  {
    quotaBytes: bytes({
      default: '5GiB',
      min: '1MiB',
      about: 'Size of a mailbox, unless the account has its own.',
    }),
    graceMs: duration({
      default: '14d',
      min: '0s',
      about: 'How long expunged mail can be brought back; 0s: it is gone at once.',
    }),
    aliasDepthMax: count({
      default: 10,
      min: 1,
      max: 100,
      about: 'Aliases that point to aliases are followed this far.',
    }),
  },
  { about: 'What every account has unless it was given something else.' },
);
