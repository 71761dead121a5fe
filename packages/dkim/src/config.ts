// [dkim]: how keys are rotated. The names are those of DkimSettings.
import { duration, section } from '@restante/config';

export const dkimSection = section(
  'dkim',
  {
    publishBeforeMs: duration({
      default: '2d',
      max: '90d',
      about: 'After a rotation the new keys are in DNS this long before they sign.',
    }),
    keepAfterMs: duration({
      default: '14d',
      min: '1d',
      max: '365d',
      about:
        'The records of former keys stay published this long: mail they signed may be on its way.',
    }),
  },
  { about: 'DKIM signatures of our domains.' },
);
