// [greylist]: whether servers nobody has heard of are asked to come back. Sites may differ: [site.greylist].
import { duration, flag, section } from '@restante/config';

export const greylistSection = section(
  'greylist',
  {
    enabled: flag({
      default: false,
      about: 'Ask mail servers nobody here has heard of to come back in some minutes.',
    }),
    delayMs: duration({
      default: '5min',
      min: '10s',
      max: '1h',
      about: 'Who comes back sooner is asked again.',
    }),
    windowMs: duration({
      default: '1d',
      min: '1h',
      max: '7d',
      about: 'Who comes back later begins anew.',
    }),
    knownMs: duration({
      default: '35d',
      min: '1d',
      max: '365d',
      about:
        'A network that came back is known for so long after its last mail; longer than a month, for what is sent monthly.',
    }),
    budgetMs: duration({
      default: '200ms',
      min: '10ms',
      max: '5s',
      about: 'Without an answer of Redis within this time nobody is made to wait.',
    }),
  },
  {
    about: 'Greylisting of mail servers nobody has heard of; peers and users never meet it.',
    checks: [
      ({ delayMs, windowMs }) =>
        delayMs * 2 <= windowMs
          ? undefined
          : {
              field: 'windowMs',
              problem: 'leaves no time to come back after the delay',
              remedy: 'Make it at least twice the delay.',
            },
    ],
  },
);
