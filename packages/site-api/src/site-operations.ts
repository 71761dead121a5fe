// What a site can be asked and told, by operators (loopback, token) and by peers (mTLS). The routes and the client are
// made from this; the site implements it. Holds no logic.
import type { StoppedRow } from './sending-operations.ts';
import type { Route } from '@restante/mail-model';
import type { AccountOperations } from './account-operations.ts';
import type { JudgingOperations } from './judging-operations.ts';
import type { ListOperations, SharedJudgementOperations } from './judgement-operations.ts';
import type { DoctorOperations } from './doctor-operations.ts';
import type { MailboxOperations } from './mailbox-operations.ts';
import type { ReportsOperations } from './reports-operations.ts';

export interface SiteStatus {
  readonly site: string;
  readonly version: string;
  readonly pid: number;
  readonly startedAtMs: number;
  readonly nowMs: number;
  readonly isAccepting: boolean;
  /** Named things that are missing now, as sentences ("Redis is unreachable since ...: mail is accepted, nothing is retried."). */
  readonly degraded: readonly string[];
  readonly spool: {
    readonly messages: number;
    readonly held: number;
    readonly sizeBytes: number;
    readonly diskFreeBytes: number;
    readonly corrupt: number;
    readonly oldestAcceptedAtMs?: number;
    readonly isLoaded: boolean;
  };
  readonly redis: { readonly isReachable: boolean };
  readonly routes: readonly RouteStatus[];
  readonly peers: readonly PeerStatus[];
  readonly counters: {
    readonly accepted: number;
    readonly delivered: number;
    readonly deferred: number;
    readonly rejected: number;
    readonly bounced: number;
    readonly duplicates: number;
  };
}

export interface RouteStatus {
  readonly route: Route;
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  /** Who holds it, if anybody. */
  readonly heldBy: readonly ('health' | 'operator')[];
  readonly ratePerSecond: number;
  /** Seconds until the backlog is gone at this pace; absent when it does not move. */
  readonly etaSeconds?: number;
}

export interface PeerStatus {
  readonly site: string;
  readonly state: 'up' | 'suspect' | 'down' | 'recovering';
  readonly sinceMs: number;
  readonly lastProblem?: string;
  readonly mirrorAgeSeconds?: number;
  readonly mirrorVersion?: number;
  readonly mirrorRecipients?: number;
}

export interface QueueRow {
  readonly id: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly sizeBytes: number;
  readonly acceptedAtMs: number;
  readonly routes: readonly Route[];
  readonly state: 'waiting' | 'delayed' | 'active' | 'held' | 'unscheduled';
  readonly nextAtMs?: number;
  readonly attempts: number;
  readonly lastReply?: string;
  readonly heldBecause?: string;
}

export interface QueueFilter {
  readonly route?: Route;
  readonly domain?: string;
  readonly sender?: string;
  readonly recipient?: string;
  readonly held?: boolean;
  readonly deferred?: boolean;
  readonly limit: number;
  /** Id after which to go on. */
  readonly after?: string;
}

export interface QueuePage {
  readonly rows: readonly QueueRow[];
  readonly total: number;
  readonly next?: string;
}

export interface QueueDetail extends QueueRow {
  readonly messageId: string;
  readonly origin: Readonly<Record<string, string | number>>;
  readonly outcomes: readonly {
    readonly recipient: string;
    readonly kind: string;
    readonly reply: string;
    readonly atMs: number;
    readonly attempts: number;
  }[];
  readonly header: string;
}

export interface TimelineStep {
  readonly atMs: number;
  readonly site: string;
  readonly what: string;
  readonly detail: string;
}

/** How many messages an action touched. */
export interface Touched {
  readonly count: number;
}

export interface QueueSelection {
  readonly ids?: readonly string[];
  readonly filter?: Omit<QueueFilter, 'limit' | 'after'>;
}

export interface SiteOperations {
  status(): Promise<SiteStatus>;
  queueList(filter: QueueFilter): Promise<QueuePage>;
  queueShow(id: string): Promise<QueueDetail | undefined>;
  queueRetry(selection: QueueSelection): Promise<Touched>;
  queueHold(selection: QueueSelection, reason: string): Promise<Touched>;
  queueRelease(selection: QueueSelection): Promise<Touched>;
  queueDelete(selection: QueueSelection, by: string): Promise<Touched>;
  routeHold(route: Route): Promise<void>;
  routeRelease(route: Route): Promise<void>;
  domainHold(domain: string): Promise<void>;
  domainRelease(domain: string): Promise<void>;
  trace(message: string): Promise<readonly TimelineStep[]>;
  /** Accounts and aliases of this home. */
  accounts: AccountOperations | undefined;
  /** Work on the mailboxes of this home. */
  mailboxes?: MailboxOperations | undefined;
  /** How strangers are judged here. */
  judging?: JudgingOperations | undefined;
  /** What the world sees of this site. */
  doctor?: DoctorOperations | undefined;
  /** Whom the operator blocks and lets in, and who is blocked for guessing addresses. */
  lists?: ListOperations | undefined;
  /** What others reported about our mail. */
  reports?: ReportsOperations | undefined;
}

/** What one site may ask another (mTLS). */
export interface PeerOperations {
  /** Queue depth, disk, latency: what the drain governor looks at. */
  health(): Promise<{
    readonly queueDepth: number;
    readonly diskFreeBytes: number;
    readonly acceptLatencyMs: number;
    readonly isAccepting: boolean;
    /** Its clock, milliseconds since 1970; absent from older sites. */
    readonly nowMs?: number;
  }>;
  /** Whole snapshot, or undefined when the caller's version is current. */
  recipients(
    since: { readonly epoch: string; readonly version: number } | undefined,
  ): Promise<unknown>;
  trace(message: string): Promise<readonly TimelineStep[]>;
  /** Who of its people may not send: their mail is held wherever it is. */
  stopped(): Promise<readonly StoppedRow[]>;
  /** To how many our people have sent within the last day: limits hold for all sites together. */
  sent(): Promise<readonly SentCount[]>;
  /** Lists of operators and harvest blocks, which hold at all sites. */
  judgements?: SharedJudgementOperations | undefined;
}

export interface SentCount {
  readonly account: string;
  /** Hours since 1970. */
  readonly hour: number;
  readonly recipients: number;
}
