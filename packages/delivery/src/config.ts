// [delivery]: connections to next hops, and what may be connected to.
import { count, duration, flag, oneOf, section } from '@restante/config';

export const deliverySection = section(
  'delivery',
  {
    peerConnectionsMax: count({
      default: 20,
      min: 1,
      max: 256,
      about: 'Connections to another site at the same time; the drain works within them.',
    }),
    peerMessagesPerConnection: count({
      default: 10_000,
      min: 1,
      about: 'Messages over one of them before a new one is opened.',
    }),
    homeHostConnectionsMax: count({
      default: 20,
      min: 1,
      max: 256,
      about: 'Connections to a home that is not Restante.',
    }),
    internetPort: count({
      default: 25,
      min: 1,
      max: 65_535,
      about: 'Port of other mail servers; anything but 25 is for tests.',
    }),
    internetConnectionsPerDomainMax: count({
      default: 4,
      min: 1,
      max: 100,
      about: 'Connections for one domain of somebody else at the same time.',
    }),
    internetConnectionsPerHostMax: count({
      default: 20,
      min: 1,
      max: 100,
      about:
        'Connections to one mail server of somebody else at the same time, for all the domains it serves.',
    }),
    hostFailuresMax: count({
      default: 5,
      min: 1,
      max: 1000,
      about: 'A mail server that failed this often in a row is left alone for a while.',
    }),
    hostPauseMs: duration({
      default: '1min',
      min: '100ms',
      max: '1h',
      about:
        'For this long at first; then one connection tries, and the pause doubles when it fails.',
    }),
    hostPauseMaxMs: duration({
      default: '15min',
      min: '100ms',
      max: '1d',
      about: 'For this long at most.',
    }),
    alternateExit: flag({
      default: true,
      about:
        'When a domain of the world cannot be reached from here, send its mail through another site. Both must be in the SPF records of your domains.',
    }),
    alternateExitFailures: count({
      default: 3,
      min: 1,
      max: 1000,
      about: 'Attempts in a row that reached none of its mail servers, before that is done.',
    }),
    alternateExitAfterMs: duration({
      default: '10min',
      min: '0ms',
      max: '1d',
      about: 'And the time since the first of them.',
    }),
    alternateExitMemoryMs: duration({
      default: '1h',
      min: '1s',
      max: '7d',
      about: 'How long the other site is used before our own exit is tried again.',
    }),
    internetMessagesPerConnection: count({
      default: 100,
      min: 1,
      max: 10_000,
      about: 'Messages over one of them.',
    }),
    internetTls: oneOf(['opportunistic', 'none', 'required'], {
      default: 'opportunistic',
      about: 'TLS towards other mail servers.',
    }),
    mxHostsMax: count({
      default: 5,
      min: 1,
      max: 50,
      about: 'Mail servers of one domain that one attempt tries.',
    }),
    addressesMax: count({
      default: 8,
      min: 1,
      max: 100,
      about: 'Addresses that one attempt tries altogether.',
    }),
    allowPrivateAddresses: flag({
      default: false,
      about:
        'Deliver to private and loopback addresses. For laboratories: on the internet an MX record that names one is a trap.',
    }),
    connectTimeoutMs: duration({
      default: '30s',
      min: '100ms',
      max: '5min',
      about: 'A connection must be there within this time.',
    }),
    peerConnectTimeoutMs: duration({
      default: '10s',
      min: '100ms',
      max: '5min',
      about: 'The same towards our own sites.',
    }),
    idleConnectionMs: duration({
      default: '30s',
      min: '1s',
      max: '5min',
      about: 'A connection without work is kept this long.',
    }),
    reconnectPauseMs: duration({
      default: '1s',
      min: '10ms',
      max: '5min',
      about: 'Pause before another connection to a site that has just refused or dropped one.',
    }),
  },
  {
    about: 'Connections to next hops, and what may be connected to.',
    checks: [
      ({ mxHostsMax, addressesMax }) =>
        addressesMax >= mxHostsMax
          ? undefined
          : {
              field: 'addressesMax',
              problem: 'is less than mx_hosts_max',
              remedy: 'Every mail server has at least one address; make it larger.',
            },
      ({ hostPauseMs, hostPauseMaxMs }) =>
        hostPauseMaxMs >= hostPauseMs
          ? undefined
          : {
              field: 'hostPauseMaxMs',
              problem: 'is less than host_pause',
              remedy: 'The pause starts with host_pause and grows; make it larger.',
            },
    ],
  },
);
