// [doctor]: when a site looks at itself, and what worries it.
import { duration, list, section, text } from '@restante/config';

export const doctorSection = section(
  'doctor',
  {
    everyMs: duration({
      default: '6h',
      min: '10min',
      max: '7d',
      about:
        'Pause between two looks at what the world sees of us: names, lists, records, certificates, doors. New problems are told in the log and in the metrics.',
    }),
    budgetMs: duration({
      default: '30s',
      min: '1s',
      max: '5min',
      about: 'Every check ends within this time; what could not be found out is unknown.',
    }),
    outbound: list(
      text({
        pattern: /^[a-z0-9_-]+(\.[a-z0-9_-]+)*(:[0-9]{1,5})?$/i,
        remedy: 'Write a domain, whose MX is then asked, or "host:port".',
        about: 'A domain or host:port.',
      }),
      {
        default: [],
        example: ['example.com', 'mx.example.net:25'],
        about:
          'Mail hosts of others to see whether we get out on port 25: domains (their MX) or "host:port". We connect, hear the greeting and leave. None: not looked at.',
      },
    ),
    certificateSoonMs: duration({
      default: '14d',
      min: '1d',
      max: '60d',
      about: 'A certificate that ends sooner is a problem; within twice the time it is a notice.',
    }),
    clockSkewMaxMs: duration({
      default: '5s',
      min: '100ms',
      max: '10min',
      about: 'Clocks of two sites that differ by more are a problem.',
    }),
    mirrorAgeMaxMs: duration({
      default: '1h',
      min: '1min',
      max: '7d',
      about: 'A mirror of recipients that is older is a problem.',
    }),
  },
  { about: 'What the world sees of the sites, looked at from time to time.' },
);
