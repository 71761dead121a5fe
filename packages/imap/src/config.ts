// [imap]: what the IMAP server puts up with. The names are those of ImapLimits.
import { bytes, count, duration, oneOf, section } from '@restante/config';

export const imapSection = section(
  'imap',
  {
    connectionsMax: count({
      default: 2000,
      min: 10,
      max: 100_000,
      about: 'IMAP connections at the same time, all together.',
    }),
    connectionsPerAddressMax: count({
      default: 100,
      min: 1,
      about: 'IMAP connections at the same time from one address; a household has many devices.',
    }),
    // RFC 3501 §5.4: at least 30 minutes.
    idleTimeoutMs: duration({
      default: '30min',
      min: '10s',
      max: '1d',
      about: 'A client that says nothing for this long is sent away.',
    }),
    loginTimeoutMs: duration({
      default: '1min',
      min: '5s',
      max: '30min',
      about: 'A client must have logged in within this time.',
    }),
    commandTimeoutMs: duration({
      default: '30min',
      min: '10s',
      max: '1d',
      about: 'A command, with its literals, must have come within this time, and answers be taken.',
    }),
    appendMaxBytes: bytes({
      default: '50MiB',
      min: '64KiB',
      max: '2GiB',
      about: 'Largest message a client may store; announced as APPENDLIMIT.',
    }),
    commandMaxBytes: bytes({
      default: '1MiB',
      min: '64KiB',
      max: '16MiB',
      about: 'Longest command after login, messages to store not counted.',
    }),
    failedLoginsMax: count({
      default: 5,
      min: 1,
      max: 100,
      about: 'Wrong logins on one connection before it is ended.',
    }),
    badCommandsMax: count({
      default: 50,
      min: 3,
      max: 10_000,
      about: 'Wrong commands in a row before a client is sent away.',
    }),
    clearTextLogins: oneOf(['never', 'loopback'], {
      default: 'never',
      about: 'Where passwords are taken without TLS: nowhere, or from this machine.',
    }),
    refreshMs: duration({
      default: '10s',
      min: '1s',
      max: '10min',
      about: 'How often folders of idling clients are looked at for mail other programs brought.',
    }),
  },
  { about: 'What the IMAP server puts up with.' },
);

export interface ImapLimits {
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  readonly idleTimeoutMs: number;
  readonly loginTimeoutMs: number;
  readonly commandTimeoutMs: number;
  readonly appendMaxBytes: number;
  readonly commandMaxBytes: number;
  readonly failedLoginsMax: number;
  readonly badCommandsMax: number;
  readonly refreshMs: number;
  readonly clearTextLogins: 'never' | 'loopback';
}
