// [limits]: what the SMTP edge puts up with. The names are those of EdgeLimits.
import { bytes, count, duration, section } from '@restante/config';

export const limitsSection = section(
  'limits',
  {
    messageMaxBytes: bytes({
      default: '50MiB',
      min: '64KiB',
      max: '2GiB',
      about: 'Largest message; announced as SIZE.',
    }),
    headerMaxBytes: bytes({
      default: '256KiB',
      min: '8KiB',
      max: '16MiB',
      about: 'Largest header block.',
    }),
    // RFC 5321 §4.5.3.1.6: 1000 octets with CRLF; the world sends more.
    lineMaxBytes: bytes({
      default: '64KiB',
      min: '1000B',
      max: '1MiB',
      about: 'Longest line in a message that is tolerated.',
    }),
    // RFC 5321 §4.5.3.1.8: at least 100.
    recipientsMax: count({
      default: 100,
      min: 100,
      max: 10_000,
      about: 'Recipients of one message; the rest is asked to come in another one (452).',
    }),
    connectionsMax: count({
      default: 1000,
      min: 10,
      max: 100_000,
      about: 'Connections at the same time, all together.',
    }),
    connectionsPerAddressMax: count({
      default: 30,
      min: 1,
      about: 'Connections at the same time from one address. The other sites are not counted.',
    }),
    // RFC 5321 §4.5.3.2.7: at least five minutes.
    idleTimeoutMs: duration({
      default: '5min',
      min: '5s',
      max: '1h',
      about: 'A client that says nothing for this long is sent away.',
    }),
    sessionMaxMs: duration({
      default: '1h',
      min: '1min',
      max: '1d',
      about: 'A session that is not with one of our own sites ends after this time, however busy.',
    }),
    dataMaxMs: duration({
      default: '20min',
      min: '1min',
      max: '12h',
      about: 'The bytes of one message must have come within this time.',
    }),
    badCommandsMax: count({
      default: 10,
      min: 1,
      max: 1000,
      about: 'Wrong commands before a client is sent away.',
    }),
  },
  {
    about: 'What the SMTP edge puts up with.',
    checks: [
      ({ headerMaxBytes, messageMaxBytes }) =>
        headerMaxBytes <= messageMaxBytes
          ? undefined
          : {
              field: 'headerMaxBytes',
              problem: 'is more than message_max',
              remedy: 'A header is part of its message; make it smaller.',
            },
      ({ idleTimeoutMs, sessionMaxMs }) =>
        idleTimeoutMs <= sessionMaxMs
          ? undefined
          : {
              field: 'idleTimeoutMs',
              problem: 'is longer than session_max',
              remedy: 'Make sessions longer or patience shorter.',
            },
    ],
  },
);
