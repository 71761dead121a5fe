// The catalogue of gauges: what is true now. Nobody pushes them; the node says once how each is read
// (Metrics.gauge), and it is read when somebody scrapes.
export interface GaugeSeries {
  readonly help: string;
  readonly labels?: readonly string[];
}

export const gaugeSeries = {
  restante_accepting: { help: '1 while this site takes new mail, else 0.' },
  restante_spool_messages: { help: 'Messages in the spool.' },
  restante_spool_bytes: { help: 'Bytes of the messages in the spool.' },
  restante_spool_held: { help: 'Messages in the spool that an operator holds.' },
  restante_spool_oldest_age_seconds: { help: 'Age of the oldest message in the spool.' },
  restante_certificate_expires_timestamp_seconds: {
    help: 'When the certificate the world sees ends, in seconds since 1970.',
  },
  restante_disk_free_bytes: { help: 'Free bytes on the disk of the spool.' },
  restante_queue_jobs: {
    help: 'Timetable entries of each route by state.',
    labels: ['route', 'state'],
  },
  restante_route_held: {
    help: '1 while a route is held by health or by the operator.',
    labels: ['route', 'by'],
  },
  restante_drain_messages_per_second: {
    help: 'Messages a second each route hands over now.',
    labels: ['route'],
  },
  restante_drain_eta_seconds: {
    help: 'Time until the backlog of a route is gone at this pace.',
    labels: ['route'],
  },
  restante_peer_state: {
    help: '1 for the state each peer is in, 0 for the others.',
    labels: ['peer', 'state'],
  },
  restante_mirror_age_seconds: {
    help: "Time since a home's recipients list was last known to be current.",
    labels: ['peer'],
  },
  restante_mirror_recipients: {
    help: "Entries in the mirror of a home's recipients list.",
    labels: ['peer'],
  },
  restante_doctor_findings: {
    help: 'What the doctor found at its last look, by check and state.',
    labels: ['check', 'state'],
  },
  restante_reported_complaints: { help: 'Complaints of others about our mail, of all days kept.' },
  restante_reported_dmarc_messages: {
    help: 'Messages in our name that DMARC reports of others tell of, of all days kept.',
  },
  restante_reported_dmarc_unaligned: {
    help: 'Those of them that neither SPF nor DKIM showed to be ours.',
  },
  restante_list_well: {
    help: '1 while a list in DNS is well and counts, else 0.',
    labels: ['zone'],
  },
  restante_redis_up: { help: '1 while Redis answers, else 0.' },
} as const satisfies Record<`restante_${string}`, GaugeSeries>;

export type GaugeName = keyof typeof gaugeSeries;

/** Every state a peer can be in, for the one-hot restante_peer_state. */
export const peerStates = ['up', 'suspect', 'down', 'recovering'] as const;
