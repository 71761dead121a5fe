// The catalogue of counters: name, meaning, labels. README.md lists the same names; a test keeps them equal.
//
// A label is always from a small closed set (a route, a peer, a cause), never an address or a domain of a person:
// metrics are read by more people than mail. `zero` names the values that stand at 0 from the start, so that the
// first event is already an increase to rate().
import { judgingSeries } from './judging-series.ts';
import { outboundSeries } from './outbound-series.ts';
import { peopleSeries } from './people-series.ts';

export interface CounterSeries {
  readonly name: `restante_${string}_total`;
  readonly help: string;
  readonly labels?: readonly [string] | readonly [string, string];
  readonly zero?: readonly string[];
}

export const counterSeries = {
  // The edge.
  sessionsOpened: {
    name: 'restante_sessions_opened_total',
    help: 'SMTP sessions begun.',
    labels: ['listener'],
  },
  sessionsClosed: {
    name: 'restante_sessions_closed_total',
    help: 'SMTP sessions ended, whoever ended them.',
    labels: ['listener'],
  },
  sessionsRefused: {
    name: 'restante_sessions_refused_total',
    help: 'Connections turned away before or at the greeting.',
    labels: ['reason'],
  },
  recipientsRefused: {
    name: 'restante_recipients_refused_total',
    help: 'RCPT commands answered with 4xx or 5xx.',
    labels: ['reason'],
  },
  messagesAccepted: {
    name: 'restante_messages_accepted_total',
    help: 'Messages this site answered 250 for, by who brought them.',
    labels: ['from'],
    zero: ['stranger', 'peer', 'local'],
  },
  acceptedBytes: {
    name: 'restante_messages_accepted_bytes_total',
    help: 'Bytes of the messages this site answered 250 for.',
  },
  messagesDuplicate: {
    name: 'restante_messages_duplicate_total',
    help: 'Messages answered 250 and not stored, because they are stored already.',
    labels: ['why'],
    zero: ['same-id', 'lost-reply'],
  },
  messagesRefused: {
    name: 'restante_messages_refused_total',
    help: 'Messages refused at or after DATA by policy or limits, by reply code.',
    labels: ['code'],
  },
  messagesNotAccepted: {
    name: 'restante_messages_not_accepted_total',
    help: 'Messages answered 4xx because of a trouble of our own.',
    labels: ['reason'],
  },
  // The spool.
  spoolCommittedMessages: {
    name: 'restante_spool_committed_messages_total',
    help: 'Messages made durable; divided by the commits it is the size of a group.',
  },
  spoolCommittedBytes: {
    name: 'restante_spool_committed_bytes_total',
    help: 'Bytes made durable.',
  },
  spoolSyncFailures: {
    name: 'restante_spool_sync_failures_total',
    help: 'Syncs the disk refused. Each one is an alarm: look at the disk.',
  },
  spoolCorrupt: {
    name: 'restante_spool_corrupt_total',
    help: 'Damaged spool records set aside in corrupt/. Each one is an alarm.',
  },
  spoolTornTails: {
    name: 'restante_spool_torn_tails_total',
    help: 'Segment ends that were no whole record, cut off at start; their bytes are in spool/corrupt.',
  },
  spoolReclaimed: {
    name: 'restante_spool_reclaimed_segments_total',
    help: 'Segments whose space was given back.',
  },
  spoolMoved: {
    name: 'restante_spool_moved_messages_total',
    help: 'Stragglers copied forward so that a segment could be reclaimed.',
  },
  spoolLowSpace: {
    name: 'restante_spool_low_space_total',
    help: 'Times the free space fell below the floor and new mail was answered 452.',
  },
  // The timetable.
  scheduleFailures: {
    name: 'restante_schedule_failures_total',
    help: 'Messages that are safe in the spool but could not be put on the timetable at once.',
    labels: ['route'],
  },
  timetableRepairs: {
    name: 'restante_timetable_repairs_total',
    help: 'Timetable entries the reconciler added or removed.',
    labels: ['change'],
    zero: ['added', 'removed'],
  },
  reconcileFailures: {
    name: 'restante_reconcile_failures_total',
    help: 'Comparisons of spool and timetable that could not be finished; the next one repairs.',
  },
  timetableLost: {
    name: 'restante_timetable_lost_total',
    help: 'Times Redis stopped answering.',
  },
  jobsFailed: {
    name: 'restante_jobs_failed_total',
    help: 'Jobs BullMQ called failed. Each one is a bug: please report it. The mail is tried again.',
    labels: ['route'],
  },
  // Attempts and their ends.
  attempts: {
    name: 'restante_attempts_total',
    help: 'Delivery attempts begun.',
    labels: ['route'],
  },
  messagesDelivered: {
    name: 'restante_messages_delivered_total',
    help: 'Recipients somebody else is responsible for now.',
    labels: ['route'],
  },
  messagesDeferred: {
    name: 'restante_messages_deferred_total',
    help: 'Recipients that will be tried again, by cause.',
    labels: ['route', 'cause'],
  },
  messagesRejected: {
    name: 'restante_messages_rejected_total',
    help: 'Recipients the next hop refused for good.',
    labels: ['route'],
  },
  messagesExpired: {
    name: 'restante_messages_expired_total',
    help: 'Recipients given up after the lifetime of their message.',
    labels: ['route'],
  },
  messagesBounced: {
    name: 'restante_messages_bounced_total',
    help: 'Reports sent to senders (RFC 3464), by kind.',
    labels: ['kind'],
    zero: ['failed', 'delayed', 'delivered'],
  },
  bouncesWithheld: {
    name: 'restante_bounces_withheld_total',
    help: 'Reports not sent, because the sender may not be told.',
    labels: ['why'],
  },
  messagesUnfinished: {
    name: 'restante_messages_unfinished_total',
    help: 'Times a report or a release could not be written; it is done in a later round.',
  },
  messagesQuarantined: {
    name: 'restante_messages_quarantined_total',
    help: 'Recipients set aside for the operator instead of bounced.',
  },
  messagesHeld: { name: 'restante_messages_held_total', help: 'Messages an operator held.' },
  messagesReleased: {
    name: 'restante_messages_released_total',
    help: 'Messages an operator let go again.',
  },
  messagesDeleted: {
    name: 'restante_messages_deleted_total',
    help: 'Messages an operator deleted from the spool.',
  },
  hopRefused: {
    name: 'restante_hop_refused_total',
    help: 'Recipients a home refused for good after its backup had accepted them. Should stay 0.',
    labels: ['peer'],
  },
  ...outboundSeries,
  ...judgingSeries,
  ...peopleSeries,
  mailboxAppended: {
    name: 'restante_mailbox_appended_total',
    help: 'Messages put into mailboxes of this site.',
  },
  mailboxAppendedBytes: {
    name: 'restante_mailbox_appended_bytes_total',
    help: 'Bytes put into mailboxes of this site.',
  },
  // Peers.
  peerProbes: {
    name: 'restante_peer_probes_total',
    help: 'Health probes of each peer; result is "ok" or the stage that failed.',
    labels: ['peer', 'result'],
  },
  peerChanges: {
    name: 'restante_peer_changes_total',
    help: 'Changes of state of each peer, by the new state.',
    labels: ['peer', 'to'],
  },
  routeHolds: {
    name: 'restante_route_holds_total',
    help: 'Times a route was held, by whom.',
    labels: ['route', 'by'],
  },
  drainsStarted: {
    name: 'restante_drains_started_total',
    help: 'Times a backlog began to go home.',
    labels: ['route'],
  },
  drainsFinished: {
    name: 'restante_drains_finished_total',
    help: 'Times a backlog had gone home.',
    labels: ['route'],
  },
  mirrorUpdates: {
    name: 'restante_mirror_updates_total',
    help: "New versions of a home's recipients list taken over.",
    labels: ['peer'],
  },
  mirrorFailures: {
    name: 'restante_mirror_failures_total',
    help: "Times a home's recipients list could not be fetched.",
    labels: ['peer'],
  },
} as const satisfies Record<string, CounterSeries>;
