// [transport_security]: what we demand of TLS towards the mail servers of others.
import { duration, flag, list, section, text } from '@restante/config';

export const transportSecuritySection = section(
  'transport_security',
  {
    mtaSts: flag({
      default: true,
      about: 'Follow the MTA-STS policies that domains publish (RFC 8461).',
    }),
    dane: flag({
      default: true,
      about:
        'Follow TLSA records (RFC 7672) wherever the resolver validates them: it must run on this machine and set AD. Without one this changes nothing.',
    }),
    policyFetchTimeoutMs: duration({
      default: '30s',
      min: '1s',
      max: '5min',
      about: 'An MTA-STS policy must be there within this time; mail of that domain waits for it.',
    }),
    destinations: list(
      text({
        // domain or .domain, a level, names.
        pattern:
          /^\.?[a-z0-9_-]+(\.[a-z0-9_-]+)* +(none|opportunistic|required|verify)( +\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*)*$/i,
        remedy:
          'Write "DOMAIN LEVEL" with one of none, opportunistic, required, verify; after verify the names its servers may have.',
        about: 'One destination.',
      }),
      {
        default: [],
        example: ['bank.example verify', '.gov.example required', 'old.example none'],
        about:
          'What you demand yourself, before anything the domain publishes: "DOMAIN LEVEL [NAME...]"; ".domain" stands for all below it. verify: a trusted certificate for the domain, a name below it, or the names given (".name" for all below).',
      },
    ),
  },
  { about: 'What is demanded of TLS towards the mail servers of others.' },
);
