// Which event moves which series. The table is complete by its type: a new event in mail-model does not compile until
// somebody decides here what it counts, or that it is for the log only.
import type { RestanteEvent } from '@restante/mail-model';
import type { counterSeries } from './counter-series.ts';
import type { histogramSeries } from './histogram-series.ts';
import type { Tally } from './tally.ts';
import type { Timing } from './timing.ts';

export interface Instruments {
  readonly counters: Readonly<Record<keyof typeof counterSeries, Tally>>;
  readonly timings: Readonly<Record<keyof typeof histogramSeries, Timing>>;
  /** Set once, when the site has started. */
  readonly start: { durationMs: number };
}

type EventName = RestanteEvent['name'];
export type Recorders = {
  readonly [Name in EventName]: (event: Extract<RestanteEvent, { readonly name: Name }>) => void;
};

/** Said in the log and in the timeline; nothing to count. */
const logOnly = (): void => undefined;

export function createRecorders({ counters: c, timings: t, start }: Instruments): Recorders {
  return {
    'session.opened': (event) => c.sessionsOpened.add(1, event.listener),
    'session.closed': (event) => c.sessionsClosed.add(1, event.listener),
    'session.refused': (event) => c.sessionsRefused.add(1, event.reason),
    'recipient.refused': (event) => c.recipientsRefused.add(1, event.reason),
    'message.accepted': (event) => {
      c.messagesAccepted.add(1, event.from);
      c.acceptedBytes.add(event.sizeBytes);
      t.acceptDuration.observeMs(event.durationMs);
    },
    'message.duplicate': (event) => c.messagesDuplicate.add(1, event.why),
    'message.refused': (event) => c.messagesRefused.add(1, String(event.code)),
    'message.not-accepted': (event) => c.messagesNotAccepted.add(1, event.reason),
    'certificate.failed': (event) => c.certificateFailures.add(1, event.why),
    'dkim.failed': () => c.dkimFailures.add(1),
    'login.ended': (event) => c.logins.add(1, event.protocol, event.outcome),
    'submission.limited': () => c.submissionsLimited.add(1),
    'account.suspicious': (event) => c.accountsSuspicious.add(1, event.action),
    'account.suspended': (event) => c.accountsSuspended.add(1, event.scope, event.by),
    'account.resumed': logOnly,
    'notice.sent': (event) => c.noticesSent.add(1, event.via),
    'notice.failed': (event) => c.noticesFailed.add(1, event.via),
    'policy.judged': (event) => c.policyJudgements.add(1, event.check, event.action),
    'policy.failed': (event) => c.policyJudgements.add(1, event.check, 'failed'),
    'judgement.made': (event) => c.judgements.add(1, event.stage, event.action),
    'report.read': (event) => c.reportsRead.add(1, event.kind, event.outcome),
    'report.sent': (event) => c.reportsSent.add(1, event.kind, event.outcome),
    'reports.set-aside': () => c.reportsSetAside.add(1),
    'reports.tally-lost': (event) => c.reportsTallyLost.add(event.messages),
    'doctor.ran': () => c.doctorLooks.add(1),
    'doctor.problem': (event) => c.doctorProblems.add(1, event.finding.check),
    'doctor.mended': (event) => c.doctorMended.add(1, event.check),
    'doctor.listed': (event) => c.doctorListed.add(1, event.zone),
    'harvest.blocked': () => c.harvestBlocks.add(1),
    'list.switched-off': (event) => c.listChanges.add(1, event.zone, 'off'),
    'list.switched-on': (event) => c.listChanges.add(1, event.zone, 'on'),
    'list.unanswered': (event) => c.listUnanswered.add(1, event.zone),
    'list.hit': (event) => c.listHits.add(1, event.zone),
    'greylist.judged': (event) => c.greylisted.add(1, event.outcome),
    'scanner.answered': (event) => c.scans.add(1, event.scanner, event.outcome),
    'scanner.changed': (event) => c.scannerChanges.add(1, event.scanner, event.to),
    'scanner.taught': (event) => c.lessons.add(1, event.scanner, event.outcome),

    'spool.committed': (event) => {
      c.spoolCommittedMessages.add(event.messages);
      c.spoolCommittedBytes.add(event.sizeBytes);
      t.spoolCommitDuration.observeMs(event.durationMs);
    },
    'spool.sync-failed': () => c.spoolSyncFailures.add(1),
    'spool.torn-tail': () => c.spoolTornTails.add(1),
    'spool.corrupt': () => c.spoolCorrupt.add(1),
    'spool.reclaimed': (event) => {
      c.spoolReclaimed.add(1);
      c.spoolMoved.add(event.movedMessages);
    },
    'spool.low-space': () => c.spoolLowSpace.add(1),

    'schedule.failed': (event) => c.scheduleFailures.add(event.messages, event.route),
    'schedule.repaired': (event) => {
      c.timetableRepairs.add(event.added, 'added');
      c.timetableRepairs.add(event.removed, 'removed');
    },
    'reconcile.failed': () => c.reconcileFailures.add(1),
    'timetable.lost': () => c.timetableLost.add(1),
    // Whether it is there now is the gauge restante_redis_up.
    'timetable.back': logOnly,
    'job.failed': (event) => c.jobsFailed.add(1, event.route),

    'attempt.started': (event) => c.attempts.add(1, event.route),
    'message.delivered': (event) => {
      c.messagesDelivered.add(1, event.route);
      t.deliveryAge.observeMs(event.ageMs, event.route);
    },
    'message.deferred': (event) => c.messagesDeferred.add(1, event.route, event.cause),
    'message.rejected': (event) => c.messagesRejected.add(1, event.route),
    'message.expired': (event) => c.messagesExpired.add(1, event.route),
    'message.bounced': (event) => c.messagesBounced.add(1, event.kind),
    'message.bounce-withheld': (event) => c.bouncesWithheld.add(1, event.why),
    'message.unfinished': () => c.messagesUnfinished.add(1),
    'message.quarantined': () => c.messagesQuarantined.add(1),
    'message.held': () => c.messagesHeld.add(1),
    'message.released': () => c.messagesReleased.add(1),
    'message.deleted': () => c.messagesDeleted.add(1),
    'hop.refused': (event) => c.hopRefused.add(1, event.peer),
    'mailbox.appended': (event) => {
      c.mailboxAppended.add(1);
      c.mailboxAppendedBytes.add(event.sizeBytes);
    },

    'peer.changed': (event) => c.peerChanges.add(1, event.peer, event.to),
    'peer.probed': (event) => {
      c.peerProbes.add(1, event.peer, event.ok ? 'ok' : event.stage);
      t.peerProbeDuration.observeMs(event.durationMs, event.peer);
    },
    'route.held': (event) => c.routeHolds.add(1, event.route, event.by),
    // Whether it is held now is the gauge restante_route_held.
    'route.released': logOnly,
    // Domains are never labels; what is held is in "restante domain".
    'domain.held': logOnly,
    'domain.released': logOnly,
    'drain.started': (event) => c.drainsStarted.add(1, event.route),
    'drain.finished': (event) => c.drainsFinished.add(1, event.route),
    'mirror.updated': (event) => c.mirrorUpdates.add(1, event.peer),
    'mirror.failed': (event) => c.mirrorFailures.add(1, event.peer),

    'tls.session': (event) => c.tlsSessions.add(1, event.policy, event.result),
    'tls.policy-failed': () => c.tlsPolicyFailures.add(1),
    'destination.changed': (event) => c.destinationChanges.add(1, event.to),
    'exit.changed': (event) => c.exitChanges.add(1, event.to),

    'site.started': (event) => {
      start.durationMs = event.durationMs;
    },
    'site.stopping': logOnly,
  };
}
