// [policy]: how much a stranger may do, and when one is asked to come back later. Sites may differ: [site.policy].
import { count, duration, list, section, text } from '@restante/config';

export const policySection = section(
  'policy',
  {
    connectionsPerMinute: count({
      default: 600,
      min: 1,
      about: 'New connections from one address within a minute.',
    }),
    messagesPerMinute: count({
      default: 1200,
      min: 1,
      about: 'Messages from one address within a minute.',
    }),
    recipientsPerMinute: count({
      default: 6000,
      min: 1,
      about: 'Recipients named by one address within a minute.',
    }),
    harvestUnknownMax: count({
      default: 10,
      min: 1,
      about: 'Unknown recipients from one address before it is sent away for a while.',
    }),
    harvestNetworkUnknownMax: count({
      default: 50,
      min: 1,
      about: 'The same from several addresses of one network (/24, /48) together.',
    }),
    harvestWindowMs: duration({
      default: '10min',
      min: '1s',
      max: '1d',
      about: 'Within this time.',
    }),
    harvestBlockMs: duration({ default: '5min', min: '1s', max: '1d', about: 'For how long.' }),
    addressesRemembered: count({
      default: 100_000,
      min: 1000,
      max: 10_000_000,
      about: 'Addresses whose doings are remembered; the least recent are forgotten first.',
    }),
    // RFC 5321 §6.3: loops are found by counting Received lines, with a limit of at least 100 by the letter; 50 is what the world uses.
    receivedMax: count({
      default: 50,
      min: 10,
      max: 1000,
      about: 'A message with more Received lines than this goes round in circles.',
    }),
    trustedNetworks: list(
      text({
        about: '',
        pattern: /^[0-9A-Fa-f:.]+(\/\d{1,3})?$/,
        remedy: 'Write addresses or networks such as "192.0.2.0/24".',
      }),
      { default: [], about: 'Addresses and networks that the rates do not count.' },
    ),
    blockedNetworks: list(
      text({
        about: '',
        pattern: /^[0-9A-Fa-f:.]+(\/\d{1,3})?$/,
        remedy: 'Write addresses or networks such as "192.0.2.0/24".',
      }),
      { default: [], about: 'Addresses and networks that are refused (554).' },
    ),
  },
  {
    about: 'How much a stranger may do. Sites may differ: put a [site.policy] below the [[site]].',
  },
);
