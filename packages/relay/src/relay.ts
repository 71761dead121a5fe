// The relay of one site at work: a worker for every route, the reconciler, the delay notices.
//
// Starts and runs without Redis: mail is accepted, and when Redis answers the timetable is made from the spool.
import type { Route } from '@restante/mail-model';
import { RetryQueueError, type RouteWorker } from '@restante/retry-queue';
import { attemptDue } from './attempt-due.ts';
import { createDelayNotices } from './delay-notices.ts';
import type { RelayParts } from './relay-parts.ts';
import { reconcile, type Reconciliation } from './reconcile.ts';
import type { RouteGates } from './route-gates.ts';
import { takeTurns } from './take-turns.ts';

const thoroughEveryMs = 10 * 60_000;

export interface RelayOptions {
  readonly parts: RelayParts;
  readonly routes: readonly Route[];
  readonly gates: RouteGates;
  readonly concurrencyOf: (route: Route) => number;
  readonly reconcileIntervalMs: number;
  readonly retryAfterFaultMs: number;
}

export interface Relay extends AsyncDisposable {
  worker(route: Route): RouteWorker | undefined;
  /** Runs the reconciler, after the run that is going on; who asks meanwhile shares one run. */
  reconcileNow(options?: { readonly thorough?: boolean }): Promise<Reconciliation>;
}

export function startRelay(options: RelayOptions): Relay {
  const { parts, routes, gates } = options;
  const workers = new Map<Route, RouteWorker>();
  for (const route of routes) {
    parts.queue.openRoute(route);
    const worker = parts.queue.work(route, {
      concurrency: options.concurrencyOf(route),
      retryAfterFaultMs: options.retryAfterFaultMs,
      handle: async (due, signal) => attemptDue(parts, due, signal),
    });
    workers.set(route, worker);
    gates.attach(route, worker);
  }

  let thoroughAtMs = Number.NEGATIVE_INFINITY;
  const rounds = takeTurns(async ({ thorough }) => {
    const isDirty = parts.timetable.takeDirty();
    const isThorough = thorough || isDirty || isOverdue();
    try {
      const done = await reconcile(parts, { routes, thorough: isThorough });
      if (isThorough) thoroughAtMs = parts.clock.monotonicMs();
      return done;
    } catch (cause) {
      if (isThorough) parts.timetable.markDirty();
      throw cause;
    }
  });
  // Equal numbers can hide a swap: once in a while every id is compared as long as something waits.
  const isOverdue = () =>
    parts.spool.stats().messages > 0 && parts.clock.monotonicMs() - thoroughAtMs > thoroughEveryMs;
  const reconcileNow = async ({ thorough = true } = {}) => rounds.run({ thorough });
  const notices = createDelayNotices(parts);
  const tidyUp = async () => {
    quietly(notices.sweep());
    await reconcileNow({ thorough: false });
  };
  const quietly = (work: Promise<unknown>) => {
    work.catch((cause: unknown) => {
      // That Redis went away in the middle is said by who watches it; the next round repairs.
      const isRedisAway =
        cause instanceof RetryQueueError &&
        cause.code === 'TIMETABLE_UNREACHABLE' &&
        !parts.queue.isReachable;
      if (!isRedisAway) parts.onEvent({ name: 'reconcile.failed', cause });
    });
  };

  // Called at once when Redis answers already.
  parts.queue.onBack(() => {
    parts.onEvent({ name: 'timetable.back' });
    quietly(reconcileNow());
  });
  const timer = setInterval(() => {
    if (parts.queue.isReachable) quietly(tidyUp());
  }, options.reconcileIntervalMs);

  return {
    worker: (route) => workers.get(route),
    reconcileNow,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await Promise.all([...workers.values()].map(async (worker) => worker[Symbol.asyncDispose]()));
      await Promise.all([rounds.settled(), notices.stop()]);
      await parts.timetable.settled();
    },
  };
}
