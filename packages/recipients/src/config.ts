// [recipients]: how fresh the backup's mirror of the home's people is kept.
import { duration, section } from '@restante/config';

export const recipientsSection = section(
  'recipients',
  {
    refreshIntervalMs: duration({
      default: '30s',
      min: '1s',
      max: '1h',
      about: 'The mirror asks its home for changes this often.',
    }),
    staleAfterMs: duration({
      default: '1d',
      min: '1min',
      max: '30d',
      about: 'A mirror older than this is shown as a warning; it is still answered from.',
    }),
  },
  {
    about: "The backup's mirror of who exists at the home.",
    checks: [
      ({ refreshIntervalMs, staleAfterMs }) =>
        staleAfterMs > refreshIntervalMs
          ? undefined
          : {
              field: 'staleAfterMs',
              problem: 'is not longer than refresh_interval',
              remedy: 'Every mirror would be stale; make it longer.',
            },
    ],
  },
);
