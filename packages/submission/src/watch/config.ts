// [watch]: when sending is unusual enough to be stopped. The names are those of WatchSettings.
import { count, duration, oneOf, section } from '@restante/config';

export const watchSection = section(
  'watch',
  {
    action: oneOf(['suspend', 'notify', 'off'], {
      default: 'suspend',
      about:
        'What follows when an account looks as if somebody else had its password: it is stopped from sending and the operator told, or only told, or nothing.',
    }),
    suspendPoints: count({
      default: 100,
      min: 20,
      max: 1000,
      about: 'Points of all signals together from which an account is suspended.',
    }),
    notifyPoints: count({
      default: 60,
      min: 10,
      max: 1000,
      about: 'Points from which the operator is told.',
    }),
    windowMs: duration({
      default: '1h',
      min: '10min',
      max: '1d',
      about: 'How far back the signals look.',
    }),
    learnMs: duration({
      default: '3d',
      max: '30d',
      about: 'While an account is younger, no place, program or volume is unusual for it.',
    }),
    newRecipientsMin: count({
      default: 50,
      min: 5,
      max: 100_000,
      about: 'So many people never written to before, within the window, are unusual.',
    }),
    bouncesMin: count({
      default: 10,
      min: 3,
      max: 10_000,
      about: 'Fewer refused recipients than this say nothing.',
    }),
  },
  {
    about: 'Unusual sending: when an account of ours looks as if somebody else had its password.',
    checks: [
      ({ notifyPoints, suspendPoints }) =>
        notifyPoints <= suspendPoints
          ? undefined
          : {
              field: 'notifyPoints',
              problem: 'is more than suspend_points',
              remedy: 'The operator hears of it before the account is stopped; make it smaller.',
            },
    ],
  },
);
