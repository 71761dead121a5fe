// [spool]: how accepted mail is kept, and when there is no room for more.
import { bytes, count, duration, section } from '@restante/config';

export const spoolSection = section(
  'spool',
  {
    smallMessageMaxBytes: bytes({
      default: '256KiB',
      min: '4KiB',
      max: '16MiB',
      about:
        'Messages up to this size share segment files and their syncs; larger ones get their own file.',
    }),
    segmentMaxBytes: bytes({
      default: '64MiB',
      min: '1MiB',
      max: '1GiB',
      about: 'A segment file is closed at this size.',
    }),
    freeFloorBytes: bytes({
      default: '1GiB',
      min: '1MiB',
      about:
        'Below this much free disk space new mail is asked to come later (452); what is held stays safe.',
    }),
    freeFloorInodes: count({
      default: 10_000,
      about: 'The same for free inodes; file systems that do not count them are not asked.',
    }),
    rememberMs: duration({
      default: '7d',
      min: '1h',
      max: '60d',
      about:
        'How long the ids of finished messages are remembered, so that the same message is not stored twice.',
    }),
    retryWindowMs: duration({
      default: '1d',
      min: '1min',
      max: '60d',
      about:
        'How long the same message from a client that may not have seen our answer counts as its retry and is not stored twice.',
    }),
  },
  {
    about: 'The spool: accepted mail on disk until somebody else is responsible for it.',
    checks: [
      ({ segmentMaxBytes, smallMessageMaxBytes }) =>
        segmentMaxBytes >= 4 * smallMessageMaxBytes
          ? undefined
          : {
              field: 'segmentMaxBytes',
              problem: 'is less than four times small_message_max',
              remedy: 'Make segments larger or small messages smaller.',
            },
    ],
  },
);
