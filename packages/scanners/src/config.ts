// [scanners]: which programs are asked about a message, how long, and what their answers mean at this site.
import { bytes, count, duration, flag, oneOf, path, ratio, section, text } from '@restante/config';
import { endpointPattern } from './endpoint.ts';

const remedy = 'Write "host:port", "[address]:port" or "unix:/path/of/socket"; "" for none.';
const endpoint = (about: string, example: string) =>
  text({ default: '', example, pattern: endpointPattern, remedy, about });
const budget = (value: string, about: string) =>
  duration({ default: value, min: '100ms', max: '5min', about });
const score = (value: number, about: string) => ratio({ default: value, min: 0, max: 1000, about });

export const scannersSection = section(
  'scanners',
  {
    spamd: endpoint(
      'Where spamd of SpamAssassin listens, as "127.0.0.1:783" or "unix:/run/spamd.sock"; "" for none. Rule sets for a gentle and a strict site: deploy/spamassassin.',
      '127.0.0.1:783',
    ),
    rspamd: endpoint(
      'Where a normal worker of rspamd listens, as "127.0.0.1:11333"; "" for none.',
      '127.0.0.1:11333',
    ),
    clamd: endpoint(
      'Where clamd listens, as "unix:/run/clamav/clamd.ctl" or "127.0.0.1:3310"; "" for none.',
      'unix:/run/clamav/clamd.ctl',
    ),
    spamdBudgetMs: budget('10s', 'spamd must have answered within this time.'),
    rspamdBudgetMs: budget('10s', 'rspamd must have answered within this time.'),
    clamdBudgetMs: budget('20s', 'clamd must have answered within this time.'),
    spamdMaxBytes: bytes({
      default: '512KiB',
      about: 'Larger messages are not shown to spamd: it takes long, and spam is small.',
    }),
    rspamdMaxBytes: bytes({
      default: '2MiB',
      about: 'Larger messages are not shown to rspamd.',
    }),
    clamdMaxBytes: bytes({
      default: '25MiB',
      about:
        'Larger messages are not shown to clamd. Not more than its StreamMaxLength and MaxFileSize; set its AlertExceedsMax to yes.',
    }),
    concurrentMax: count({
      default: 10,
      min: 1,
      max: 1000,
      about: 'Questions at a time to each of them; others wait, within their budget.',
    }),
    failuresMax: count({
      default: 3,
      min: 1,
      max: 100,
      about: 'A scanner that fails this often in a row is left alone for a while.',
    }),
    leftAloneMs: duration({
      default: '30s',
      min: '100ms',
      max: '1h',
      about: 'For so long; then one message tries.',
    }),
    spamdUser: text({
      default: '',
      example: 'strict',
      pattern: /^[\w.@+-]{0,64}$/,
      remedy: 'Write a plain name such as "strict".',
      about: 'Whose preferences and Bayes database spamd uses ("User"); "" for its own.',
    }),
    likelyScore: score(5, 'Spam, likely: goes to the Junk folder. 0: never.'),
    definiteScore: score(10, 'Spam, definitely: its Subject is marked, too. 0: never.'),
    refuseScore: score(0, 'From here on it is refused. 0: never.'),
    whenDown: oneOf(['accept', 'tag', 'defer'], {
      default: 'accept',
      about:
        'When a scanner does not answer: take the message and note it, mark it as unscanned, or have the sender try later.',
    }),
    virus: oneOf(['refuse', 'quarantine'], {
      default: 'refuse',
      about: 'What happens to a virus.',
    }),
    teach: flag({
      default: true,
      about: 'Who moves a message into Junk, or out of it, teaches spamd and rspamd.',
    }),
    rspamdController: endpoint(
      'Where the controller of rspamd listens, which learns; "" for no teaching.',
      '127.0.0.1:11334',
    ),
    rspamdPasswordFile: path({
      optional: true,
      about: 'File with the password of the controller; not needed from addresses it trusts.',
    }),
    teachBudgetMs: budget('30s', 'Learning one message must be done within this time.'),
    teachWaitingMax: count({
      default: 1000,
      min: 1,
      max: 100_000,
      about: 'Messages that wait to be learned; what comes on top is not learned.',
    }),
  },
  {
    about: 'Programs that are asked about messages: spamd, rspamd, clamd.',
    checks: [
      ({ likelyScore, definiteScore }) =>
        definiteScore === 0 || likelyScore <= definiteScore
          ? undefined
          : {
              field: 'definiteScore',
              problem: 'is lower than likely_score',
              remedy: 'What is definitely spam is likely spam; make it larger.',
            },
      ({ definiteScore, refuseScore }) =>
        refuseScore === 0 || definiteScore <= refuseScore
          ? undefined
          : {
              field: 'refuseScore',
              problem: 'is lower than definite_score',
              remedy: 'Refusing comes last; make it larger, or 0 for never.',
            },
    ],
  },
);
