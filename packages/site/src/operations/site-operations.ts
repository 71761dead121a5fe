// What this site answers to its operators and to its peers, made of the parts that do the work.
import type { Route } from '@restante/mail-model';
import type { HomeKeeper } from '@restante/backup-mx';
import type { CertificateSource } from '@restante/certificates';
import type { MailboxStore } from '@restante/mailbox-store';
import type { Doctor } from '@restante/doctor';
import type { Relay, RelayParts, RouteGates, Timeline } from '@restante/relay';
import type {
  MailboxOperations,
  PeerOperations,
  PeerStatus,
  RouteStatus,
  SiteOperations,
  SiteStatus,
} from '@restante/site-api';
import type { RecipientSnapshot } from '@restante/recipients';
import type { SendTally, Suspensions } from '@restante/submission';
import type { Judging } from '../open-judging.ts';
import type { Reports } from '../open-reports.ts';
import { createAccountOperations } from './account-operations.ts';
import { createJudgingOperations } from './judging-operations.ts';
import { createListOperations } from './list-operations.ts';
import { deleteMessages, holdMessages, releaseMessages, retryNow } from './queue-actions.ts';
import { queueDetail } from './queue-detail.ts';
import { queuePage, chosenIds } from './queue-rows.ts';
import type { SiteCounters } from './site-counters.ts';

export interface OperationsParts {
  readonly relayParts: RelayParts;
  readonly relay: Relay;
  readonly gates: RouteGates;
  readonly routes: readonly Route[];
  readonly keepers: readonly HomeKeeper[];
  readonly timeline: Timeline;
  readonly counters: SiteCounters;
  readonly mailboxes: MailboxStore | undefined;
  readonly mailboxWork: MailboxOperations | undefined;
  /** What the world sees. */
  readonly certificates: CertificateSource;
  /** Absent where nobody sends. */
  readonly sendTally: SendTally | undefined;
  /** Absent where nobody sends. */
  readonly suspensions?: Suspensions | undefined;
  readonly judging: Judging;
  readonly doctor: Doctor;
  readonly reports: Reports;
  readonly ownSnapshot: () => RecipientSnapshot | undefined;
  readonly startedAtMs: number;
  readonly version: string;
}

export function createSiteOperations(site: OperationsParts): SiteOperations {
  const { relayParts: parts, gates } = site;
  return {
    status: async () => siteStatus(site),
    queueList: async (filter) => queuePage(parts, filter),
    queueShow: async (id) => queueDetail(parts, id),
    queueRetry: async (selection) => retryNow(parts, selection),
    queueHold: async (selection, reason) => holdMessages(parts, selection, reason),
    queueRelease: async (selection) => releaseMessages(parts, selection),
    queueDelete: async (selection, by) => deleteMessages(parts, selection, by),
    routeHold: async (route) => gates.hold(route, 'operator'),
    routeRelease: async (route) => gates.unhold(route, 'operator'),
    domainHold: async (domain) => {
      await parts.holds.holdDomain(domain);
      parts.onEvent({ name: 'domain.held', domain });
    },
    domainRelease: async (domain) => {
      const released = parts.holds.unholdDomain(domain);
      parts.keptBack.clear();
      await released;
      parts.onEvent({ name: 'domain.released', domain });
      // What a held domain kept off the timetable goes back on it now, not at the next minute.
      for (const id of await chosenIds(parts, { domain, held: false })) {
        for (const route of parts.spool.entry(id)?.routes ?? [])
          parts.timetable.add({ id, route, delayMs: 0 });
      }
    },
    trace: async (message) => site.timeline.trace(message),
    judging: createJudgingOperations({
      site: parts.site,
      judgeParts: site.judging.judgeParts,
      timeline: site.timeline,
    }),
    lists: createListOperations({
      site: parts.site,
      lists: site.judging.operatorLists,
      guard: site.judging.harvest,
      clock: parts.clock,
    }),
    doctor: { run: async () => site.doctor.run(), last: () => site.doctor.last() },
    reports: site.reports.operations,
    mailboxes: site.mailboxWork,
    accounts:
      site.mailboxes === undefined
        ? undefined
        : createAccountOperations(site.mailboxes.accounts, site.suspensions),
  };
}

export function createPeerOperations(site: OperationsParts): PeerOperations {
  const { relayParts: parts } = site;
  return {
    judgements: site.judging.sharing.operations,
    async health() {
      const stats = parts.spool.stats();
      return {
        queueDepth: await localBacklog(parts),
        diskFreeBytes: stats.diskFreeBytes,
        acceptLatencyMs: site.counters.acceptLatencyMs,
        isAccepting: !parts.spool.isFull(),
        nowMs: parts.clock.now(),
      };
    },
    async recipients(since) {
      const snapshot = site.ownSnapshot();
      const isCurrent =
        snapshot !== undefined &&
        since?.epoch === snapshot.epoch &&
        since.version === snapshot.version;
      return isCurrent ? undefined : snapshot;
    },
    trace: async (message) => site.timeline.trace(message),
    sent: async () => (await site.sendTally?.ownCounts()) ?? [],
    stopped: async () => site.suspensions?.stopped() ?? [],
  };
}

/** What waits here for our own mailboxes: a peer that drains looks at it. */
async function localBacklog(parts: RelayParts): Promise<number> {
  if (!parts.queue.isReachable) return parts.spool.stats().messages;
  const { waiting, active } = await parts.queue
    .counts('local')
    .catch(() => ({ waiting: parts.spool.stats().messages, active: 0 }));
  return waiting + active;
}

async function siteStatus(site: OperationsParts): Promise<SiteStatus> {
  const { relayParts: parts } = site;
  const stats = parts.spool.stats();
  const { messages, held, sizeBytes, diskFreeBytes, corrupt, oldestAcceptedAtMs, isLoaded } = stats;
  return {
    site: parts.site,
    version: site.version,
    pid: process.pid,
    startedAtMs: site.startedAtMs,
    nowMs: parts.clock.now(),
    isAccepting: !parts.spool.isFull(),
    degraded: degradedOf(site),
    spool: {
      messages,
      held,
      sizeBytes,
      diskFreeBytes,
      corrupt,
      isLoaded,
      ...(oldestAcceptedAtMs === undefined ? {} : { oldestAcceptedAtMs }),
    },
    redis: { isReachable: parts.queue.isReachable },
    routes: await Promise.all(site.routes.map(async (route) => routeStatus(site, route))),
    peers: site.keepers.map(peerStatus),
    counters: { ...site.counters.totals },
  };
}

/** Named things that are missing now; law 3: each degrades one thing and none stops accepting. */
function degradedOf({ relayParts: parts, keepers }: OperationsParts): readonly string[] {
  const sentences: string[] = [];
  if (!parts.queue.isReachable)
    sentences.push(
      'Redis does not answer: mail is accepted and safe, but nothing is delivered until it does.',
    );
  if (parts.spool.isFull())
    sentences.push(
      'The disk is nearly full: new mail is asked to come later (452); what is here is safe.',
    );
  const { corrupt } = parts.spool.stats();
  if (corrupt > 0)
    sentences.push(
      `${corrupt} damaged records were set aside in spool/corrupt; "restante spool check" shows them.`,
    );
  for (const keeper of keepers) {
    const { state } = keeper.health();
    if (state === 'down') sentences.push(`${keeper.name} is away: its mail waits here.`);
    const { ageMs } = keeper.mirror();
    if (keeper.isBackedUp && ageMs === undefined)
      sentences.push(
        `There is no recipients list of ${keeper.name} yet: its mail is answered 450.`,
      );
  }
  return sentences;
}

async function routeStatus(
  { relayParts: parts, gates, counters }: OperationsParts,
  route: Route,
): Promise<RouteStatus> {
  const none = { waiting: 0, delayed: 0, active: 0 };
  const { waiting, delayed, active } = parts.queue.isReachable
    ? await parts.queue.counts(route).catch(() => none)
    : none;
  const ratePerSecond = counters.ratePerSecond(route);
  // What is on disk and not yet written to Redis waits like the rest.
  const pending = parts.timetable.pending(route);
  const left = waiting + pending + delayed + active;
  return {
    route,
    waiting: waiting + pending,
    delayed,
    active,
    heldBy: gates.heldBy(route),
    ratePerSecond,
    ...(ratePerSecond > 0 && left > 0 ? { etaSeconds: Math.ceil(left / ratePerSecond) } : {}),
  };
}

function peerStatus(keeper: HomeKeeper): PeerStatus {
  const { state, sinceMs, lastProbe } = keeper.health();
  const { ageMs, version, recipients } = keeper.mirror();
  return {
    site: keeper.name,
    state,
    sinceMs,
    ...(lastProbe?.ok === false ? { lastProblem: `${lastProbe.stage}: ${lastProbe.problem}` } : {}),
    ...(ageMs === undefined ? {} : { mirrorAgeSeconds: Math.round(ageMs / 1000) }),
    ...(version === undefined ? {} : { mirrorVersion: version }),
    ...(recipients === undefined ? {} : { mirrorRecipients: recipients }),
  };
}
