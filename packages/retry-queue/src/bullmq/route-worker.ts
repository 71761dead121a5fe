// Takes due jobs of one route and runs the handler, up to a limit that may change at any time.
//
// Promises
// - Within this process an id is never handled twice at the same time: a second delivery of an id that is being handled
//   (stalled, or added again after Redis lost it) is left alone, and ends with the first because both carry our token.
// - A handler that throws costs a delay and an alarm, nothing else. A job of another shape is removed with an alarm.
// - However often Redis goes away, hangs or is emptied, work goes on by itself when it is back (watch-silence.ts).
//
// Shape: one feeder waits for due jobs and opens lanes; each lane handles one job after the other, taking the next in the
// round trip that ends the last, and closes when there is none or the limit says so.
import { isSpoolId } from '@restante/mail-model';
import type { EventSink } from '@restante/mail-model';
import type { Logger } from '@restante/runtime';
import type { NextStep, RouteWorker, WorkOptions } from '../retry-queue.ts';
import { keepLocks } from './keep-locks.ts';
import { isJobGone, isRefusal } from './redis-failure.ts';
import type { RouteTimetable } from './route-timetable.ts';
import { watchSilence } from './watch-silence.ts';
import { nothing } from './worker-session.ts';
import type { Taken, WorkerSession } from './worker-session.ts';

export interface RouteWorkerParts {
  readonly timetable: RouteTimetable;
  readonly options: WorkOptions;
  /** Written into the lock of every job this process works on. */
  readonly token: string;
  readonly openSession: (onError: (cause: unknown) => void) => WorkerSession;
  /** Redis could not give or end a job for another reason than being away: somebody else wrote there. */
  readonly mend: (running: ReadonlySet<string>) => Promise<void>;
  readonly isReachable: () => boolean;
  readonly onEvent: EventSink;
  readonly log: Logger;
}

const idleWaitMs = 5000;
const waitMaxMs = 10_000;
const troublePauseMs = 200;
const changeWaitMaxMs = 1000;
const closeDeadlineMs = 2000;

export function startRouteWorker(parts: RouteWorkerParts): RouteWorker {
  const { timetable, options, onEvent, log } = parts;
  const { route } = timetable;
  const running = new Set<string>();
  const stopping = new AbortController();
  let limit = Math.max(1, options.concurrency);
  let lanes = 0;
  let taken = 0;
  let isQuiet = false;
  let isStopped = false;
  let wake: () => void = () => undefined;
  let idle: (() => void)[] = [];
  let session = open();

  function open(): WorkerSession {
    return parts.openSession((cause) => {
      log.debug({ route, cause }, 'The worker connection reported a problem; it mends itself.');
    });
  }

  const mayTake = () => !isQuiet && !isStopped && !timetable.isHeldHere;

  async function feed(mine: WorkerSession): Promise<void> {
    while (!isStopped && mine === session) {
      if (!mayTake() || lanes >= limit) {
        await changed();
        continue;
      }
      lanes += 1;
      let next: Taken = nothing;
      try {
        next = await mine.take();
      } catch (cause) {
        await recover(cause);
      }
      if (next.id !== undefined) {
        void lane(next.id, next);
        continue;
      }
      closeLane();
      if (mine === session) await waitForWork(mine, next.nextDueMs);
    }
  }

  async function waitForWork(mine: WorkerSession, nextDueMs: number): Promise<void> {
    const untilDueMs = nextDueMs === 0 ? idleWaitMs : nextDueMs - Date.now();
    if (untilDueMs <= 0 || isStopped) return;
    try {
      await mine.waitForJob(Math.min(Math.max(untilDueMs, 2), waitMaxMs));
    } catch (cause) {
      await recover(cause);
    }
  }

  async function lane(firstId: string, first: Taken): Promise<void> {
    let id: string | undefined = firstId;
    let { attemptsBefore } = first;
    while (id !== undefined) {
      taken += 1;
      ({ id, attemptsBefore } = await turn(id, attemptsBefore));
    }
    closeLane();
  }

  async function turn(id: string, attemptsBefore: number): Promise<Taken> {
    if (running.has(id)) return nothing;
    running.add(id);
    try {
      const step = isSpoolId(id) ? await attempt(id, attemptsBefore) : refuse(id);
      return await session.finish(id, step, mayTake() && lanes <= limit);
    } catch (cause) {
      // Taken off the timetable meanwhile (emptied, removed): the spool knows the outcome, the reconciler the rest.
      if (isJobGone(cause))
        log.debug({ id, route, cause }, 'The job was gone when its turn ended.');
      else await recover(cause);
      return nothing;
    } finally {
      running.delete(id);
    }
  }

  async function attempt(id: string, attemptsBefore: number): Promise<NextStep> {
    try {
      return await options.handle({ id, route, attemptsBefore }, stopping.signal);
    } catch (cause) {
      onEvent({ name: 'job.failed', id, route, cause });
      return { kind: 'retry', delayMs: options.retryAfterFaultMs };
    }
  }

  function refuse(id: string): NextStep {
    onEvent({
      name: 'job.failed',
      id: id.slice(0, 64),
      route,
      cause: new Error('This is not the id of a spool entry.'),
    });
    return { kind: 'done' };
  }

  async function recover(cause: unknown): Promise<void> {
    if (isStopped) return;
    log.debug({ route, cause }, 'A job could not be taken or ended.');
    // A refusal or unreadable JSON is about what stands in Redis; everything else is about the connection.
    if (isRefusal(cause) || cause instanceof SyntaxError)
      await parts.mend(running).catch(() => undefined);
    await pauseMs(troublePauseMs);
  }

  function closeLane(): void {
    lanes -= 1;
    wake();
    if (running.size === 0) tellIdle();
  }

  function tellIdle(): void {
    const waiting = idle;
    idle = [];
    for (const resolve of waiting) resolve();
  }

  function changed(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    // Every change is announced; the time limit only bounds the harm if one is ever forgotten.
    const timer = setTimeout(resolve, changeWaitMaxMs);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
    return promise;
  }

  /** Resolves when no handler runs, or when nobody wants that any more. */
  async function settled(): Promise<void> {
    while (running.size > 0 && (isQuiet || isStopped)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      idle.push(resolve);
      await promise;
    }
  }

  async function replaceSession(): Promise<void> {
    const old = session;
    session = open();
    void feed(session);
    await old.close();
  }

  const locks = keepLocks({
    timetable,
    running,
    token: parts.token,
    isReachable: parts.isReachable,
    onEvent,
    log,
  });
  const silence = watchSilence({
    timetable,
    taken: () => taken,
    isIdle: () => running.size === 0 && mayTake() && parts.isReachable(),
    replace: replaceSession,
    log,
  });
  timetable.onHoldChange = () => wake();
  void feed(session);

  return {
    setConcurrency(count) {
      limit = Math.max(1, Math.floor(count));
      wake();
    },
    async quiesce() {
      isQuiet = true;
      wake();
      await settled();
    },
    resume() {
      isQuiet = false;
      wake();
      tellIdle();
    },
    async [Symbol.asyncDispose]() {
      if (isStopped) return;
      isStopped = true;
      silence.stop();
      locks.stop();
      stopping.abort(new Error('The node is stopping.'));
      wake();
      await Promise.race([settled(), pauseMs(closeDeadlineMs)]);
      await session.close();
    },
  };
}

function pauseMs(delayMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, delayMs).unref();
  return promise;
}
