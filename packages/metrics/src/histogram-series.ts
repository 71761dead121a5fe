// The catalogue of histograms. Buckets are chosen for the question asked of them, in seconds.
export interface HistogramSeries {
  readonly name: `restante_${string}_seconds`;
  readonly help: string;
  readonly label?: string;
  readonly buckets: readonly number[];
}

/** One disk sync up to a slow conversation. */
const short = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** From a relay at once to the lifetime of a message: 5 days. */
const long = [
  0.01, 0.05, 0.15, 0.5, 2, 10, 60, 300, 1800, 3600, 14_400, 43_200, 86_400, 259_200, 432_000,
];

export const histogramSeries = {
  acceptDuration: {
    name: 'restante_accept_duration_seconds',
    help: 'From the end of the data to our 250: what a stranger waits for our disk.',
    buckets: short,
  },
  spoolCommitDuration: {
    name: 'restante_spool_commit_duration_seconds',
    help: 'One group commit of the spool; its count is the number of syncs.',
    buckets: short,
  },
  deliveryAge: {
    name: 'restante_delivery_age_seconds',
    help: 'From acceptance at this site to delivery.',
    label: 'route',
    buckets: long,
  },
  peerProbeDuration: {
    name: 'restante_peer_probe_duration_seconds',
    help: 'One whole health probe of a peer.',
    label: 'peer',
    buckets: short,
  },
} as const satisfies Record<string, HistogramSeries>;
