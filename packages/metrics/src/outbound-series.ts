// Counters of what is met on the way to the world's mail servers; part of counter-series.ts.
import type { CounterSeries } from './counter-series.ts';

export const outboundSeries = {
  tlsSessions: {
    name: 'restante_tls_sessions_total',
    help: "Sessions with the world's mail servers by the policy that held and its result in the words of RFC 8460 (TLS-RPT).",
    labels: ['policy', 'result'],
  },
  tlsPolicyFailures: {
    name: 'restante_tls_policy_failures_total',
    help: 'MTA-STS policies that could not be fetched, read or kept.',
  },
  destinationChanges: {
    name: 'restante_destination_changes_total',
    help: 'Mail servers of the world that were given up for a while, and that came back.',
    labels: ['to'],
    zero: ['avoided', 'reached'],
  },
  exitChanges: {
    name: 'restante_exit_changes_total',
    help: 'Domains whose mail began to leave through the other site, and that came back.',
    labels: ['to'],
    zero: ['own', 'peer'],
  },
} as const satisfies Record<string, CounterSeries>;
