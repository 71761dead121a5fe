// [settings]: what mail programs and other servers are told about the domains of this cluster.
import { duration, oneOf, section, text } from '@restante/config';

export const settingsSection = section(
  'settings',
  {
    displayName: text({
      optional: true,
      pattern: /^[^\p{Cc}]{1,80}$/u,
      remedy: 'Write a name of up to 80 characters.',
      example: 'Example Mail',
      about: 'What mail programs call the account; none: the domain.',
    }),
    mtaSts: oneOf(['enforce', 'testing', 'none'], {
      default: 'testing',
      about:
        'What senders should do when TLS to our MXs fails: not send (enforce), send and report (testing).',
    }),
    mtaStsMaxAgeMs: duration({
      default: '7d',
      min: '1d',
      max: '365d',
      about: 'How long senders may remember that.',
    }),
    dmarc: oneOf(['none', 'quarantine', 'reject'], {
      default: 'quarantine',
      about: 'What others should do with mail in our name that is not ours.',
    }),
    reportsTo: text({
      optional: true,
      pattern: /^[^@\s,;!]+@[^@\s,;!]+$/,
      remedy: 'Write one mail address.',
      example: 'reports@example.net',
      about: 'Who gets the reports of other servers; none: postmaster of each domain.',
    }),
    certificateAuthority: text({
      optional: true,
      pattern: /^[a-z0-9.-]+$/,
      remedy: "Write the authority's domain, such as letsencrypt.org.",
      example: 'letsencrypt.org',
      about: 'The only authority that may make certificates for our names (CAA).',
    }),
  },
  { about: 'What mail programs and other servers are told about our domains.' },
);
