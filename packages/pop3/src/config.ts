// [pop3]: what the POP3 server puts up with. The names are those of Pop3Limits.
import { count, duration, oneOf, section } from '@restante/config';

export const pop3Section = section(
  'pop3',
  {
    connectionsMax: count({
      default: 500,
      min: 10,
      max: 100_000,
      about: 'POP3 connections at the same time, all together.',
    }),
    connectionsPerAddressMax: count({
      default: 30,
      min: 1,
      about: 'POP3 connections at the same time from one address.',
    }),
    // RFC 1939 §3: at least ten minutes.
    idleTimeoutMs: duration({
      default: '10min',
      min: '5s',
      max: '1d',
      about: 'A client that says nothing, or takes nothing of what it asked for, is sent away.',
    }),
    loginTimeoutMs: duration({
      default: '1min',
      min: '2s',
      max: '30min',
      about: 'A client must have logged in within this time.',
    }),
    failedLoginsMax: count({
      default: 3,
      min: 1,
      max: 100,
      about: 'Wrong logins on one connection before it is ended.',
    }),
    badCommandsMax: count({
      default: 10,
      min: 1,
      max: 1000,
      about: 'Wrong commands before a client is sent away.',
    }),
    clearTextLogins: oneOf(['never', 'loopback'], {
      default: 'never',
      about: 'Where passwords are taken without TLS: nowhere, or from this machine.',
    }),
  },
  { about: 'What the POP3 server puts up with.' },
);

export interface Pop3Limits {
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  readonly idleTimeoutMs: number;
  readonly loginTimeoutMs: number;
  readonly failedLoginsMax: number;
  readonly badCommandsMax: number;
  readonly clearTextLogins: 'never' | 'loopback';
}
