// Knows when each spooled message is tried next. A timetable, never the only copy (law 1).
//
// Promises
// - schedule() is idempotent: an id that is already on a route's timetable stays as it is.
// - A scheduled id is offered to the handler at least once; within one process never twice at the same time.
// - Calls that change the timetable fail fast (<= 2 s, RetryQueueError TIMETABLE_UNREACHABLE) when Redis is away; workers
//   reconnect by themselves for ever. A BullMQ "failed" job is a bug alarm (event job.failed), never a bounce: it is put back.
// - A paused route keeps its jobs; pausing is remembered by Redis and re-applied by the node at start. What this process was
//   told last holds here at once, even while Redis is away, and is written again when Redis lost it.
// - Whatever stands in Redis is untrusted: a job whose id or shape is not ours is removed with an alarm, never a crash.
import type { EventSink, Route } from '@restante/mail-model';
import type { Logger, Secret } from '@restante/runtime';

export interface Due {
  readonly id: string;
  readonly route: Route;
  /** Attempts begun on this route's job before this one; a hint, the spool counts for real. */
  readonly attemptsBefore: number;
}

export type NextStep =
  /** Nothing left to do for this id on this route. */
  { readonly kind: 'done' } | { readonly kind: 'retry'; readonly delayMs: number };

export interface ScheduleEntry {
  readonly id: string;
  readonly route: Route;
  readonly delayMs: number;
  /** Ahead of everything that waits (live mail during a drain). */
  readonly ahead?: boolean;
}

export interface RouteCounts {
  /** Due now, not yet being worked on (also while the route is paused). */
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly isPaused: boolean;
}

export interface TimetableRow {
  readonly id: string;
  readonly route: Route;
  readonly state: 'waiting' | 'delayed' | 'active';
  /** When it is tried next; absent when it waits for its turn. */
  readonly nextAtMs?: number;
}

export interface RouteWorker extends AsyncDisposable {
  /** How many handlers may run at the same time; takes effect at once. */
  setConcurrency(count: number): void;
  /** Stops taking new jobs in this process, lets running handlers end. resume() undoes it. Independent of pause(). */
  quiesce(): Promise<void>;
  resume(): void;
}

export interface RetryQueue extends AsyncDisposable {
  /** Checks version and eviction policy. Throws WRONG_EVICTION_POLICY with the command that mends it. */
  ready(): Promise<void>;
  /** Opens the routes' queues. Call once per route before anything else uses it. */
  openRoute(route: Route): void;
  schedule(entries: readonly ScheduleEntry[]): Promise<void>;
  /** Takes it off; an id that is being worked on is refused with false. */
  remove(id: string, route: Route): Promise<boolean>;
  /** Runs the handler for every due id. A handler that throws means "our own fault": retried after `retryAfterFaultMs`. */
  work(route: Route, options: WorkOptions): RouteWorker;
  /** The whole route stands still / goes on. Idempotent. */
  pause(route: Route): Promise<void>;
  unpause(route: Route): Promise<void>;
  /** Makes everything delayed on this route due now, oldest first. Resolves with how many. */
  promoteAll(route: Route): Promise<number>;
  /** Makes one id due now. False when it is not on the timetable. */
  promote(id: string, route: Route): Promise<boolean>;
  counts(route: Route): Promise<RouteCounts>;
  /** Ids on the timetable of a route, in pieces, any order; what changes meanwhile may be seen or not. */
  ids(route: Route): AsyncIterable<readonly string[]>;
  rows(route: Route, ids: readonly string[]): Promise<readonly TimetableRow[]>;
  /**
   * Removes what is not ours or belongs to nowhere: keys of a wrong type, ids of another shape, job keys that stand on no list
   * (those would make schedule() of the same id a no-op for ever). Resolves with how many. For the reconciler, before it adds
   * what is missing; costs one walk over the route's keys.
   */
  repair(route: Route): Promise<number>;
  /** True while Redis answers; a Redis that hangs is noticed within three seconds. */
  readonly isReachable: boolean;
  /**
   * Called when Redis answers for the first time, when it was away and is back, and when it was emptied behind our back
   * (FLUSHALL): the node reconciles then.
   */
  onBack(listener: () => void): void;
}

export interface WorkOptions {
  readonly concurrency: number;
  readonly retryAfterFaultMs: number;
  handle(due: Due, signal: AbortSignal): Promise<NextStep>;
}

export interface RetryQueueOptions {
  /** redis://, rediss://, redis+sentinel://host:port,host:port/name or redis+cluster://host:port,host:port */
  readonly url: string;
  /** Key prefix; one per site so that two sites could share a Redis in a test. */
  readonly prefix: string;
  readonly onEvent: EventSink;
  /** Used when the URL carries none. */
  readonly password?: Secret;
  /**
   * Name of this process at its site, the same after a restart: what the previous life of this process was working on is due
   * again at once. Two processes of one site must not share a name.
   */
  readonly owner?: string;
  readonly log?: Logger;
}
