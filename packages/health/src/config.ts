// [health]: how the other sites are probed, and how many answers change our mind.
import { count, duration, ratio, section, text } from '@restante/config';

export const healthSection = section(
  'health',
  {
    probeIntervalMs: duration({
      default: '5s',
      min: '100ms',
      max: '10min',
      about: 'Pause between two probes.',
    }),
    probeJitter: ratio({
      default: 0.1,
      min: 0,
      max: 0.5,
      about: 'Share of the pause that chance adds or takes.',
    }),
    probeTimeoutMs: duration({
      default: '10s',
      min: '100ms',
      max: '2min',
      about: 'A whole probe must be done within this time.',
    }),
    stageTimeoutMs: duration({
      default: '5s',
      min: '100ms',
      max: '2min',
      about: 'And each of its stages (connect, greeting, EHLO, STARTTLS, RCPT, HTTPS) within this.',
    }),
    failuresUntilSuspect: count({
      default: 2,
      min: 1,
      max: 100,
      about: 'Failures in a row before a peer is suspect.',
    }),
    failuresUntilDown: count({
      default: 3,
      min: 1,
      max: 100,
      about: 'Further failures in a row before it is down.',
    }),
    cleanUntilRecovering: count({
      default: 2,
      min: 1,
      max: 100,
      about: 'Clean probes in a row before its mail begins to drain.',
    }),
    flapsUntilDamped: count({
      default: 3,
      min: 1,
      max: 100,
      about: 'A peer that went down this often within an hour must be clean for longer each time.',
    }),
    cleanWhenDampedMax: count({
      default: 24,
      min: 1,
      max: 1000,
      about: 'But never more than this many clean probes.',
    }),
    canary: text({
      default: 'postmaster',
      pattern: /^[A-Za-z0-9._+-]{1,64}$/,
      remedy: 'Write a local part such as "postmaster".',
      about:
        'Local part at a domain of the home that RCPT must answer; RFC 5321 §4.5.1 promises postmaster.',
    }),
  },
  {
    about: 'How the other sites are probed, and how many answers change our mind about them.',
    checks: [
      ({ stageTimeoutMs, probeTimeoutMs }) =>
        stageTimeoutMs <= probeTimeoutMs
          ? undefined
          : {
              field: 'stageTimeoutMs',
              problem: 'is longer than probe_timeout',
              remedy: 'A stage is part of the probe; make it shorter.',
            },
      ({ cleanUntilRecovering, cleanWhenDampedMax }) =>
        cleanWhenDampedMax >= cleanUntilRecovering
          ? undefined
          : {
              field: 'cleanWhenDampedMax',
              problem: 'is less than clean_until_recovering',
              remedy: 'Damping makes recovery longer; make it larger.',
            },
    ],
  },
);
