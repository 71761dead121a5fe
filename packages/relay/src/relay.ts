// The relay of one site at work: a worker for every route, the reconciler, the delay notices.
//
// Starts and runs without Redis: mail is accepted, and when Redis answers the timetable is made from the spool.
import type { Route } from '@restante/mail-model';
import type { RouteWorker } from '@restante/retry-queue';
import { attemptDue } from './attempt-due.ts';
import { createDelayNotices } from './delay-notices.ts';
import type { RelayParts } from './relay-parts.ts';
import { reconcile, type Reconciliation } from './reconcile.ts';
import type { RouteGates } from './route-gates.ts';

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
  /** Runs the reconciler now, or joins the run that is going on. */
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

  let running: Promise<Reconciliation> | undefined;
  const reconcileNow = async ({ thorough = true } = {}) => {
    running ??= reconcile(parts, { routes, thorough }).finally(() => {
      running = undefined;
    });
    return running;
  };
  const notices = createDelayNotices(parts);
  const tidyUp = async () => {
    await reconcileNow({ thorough: parts.timetable.takeDirty() });
    await notices.sweep();
  };
  // A run that fails (Redis away, disk trouble) is an event of its own below; the next one repairs.
  const quietly = (work: Promise<unknown>) => {
    work.catch((cause: unknown) => parts.onEvent({ name: 'timetable.lost', cause }));
  };

  parts.queue.onBack(() => {
    parts.onEvent({ name: 'timetable.back' });
    quietly(reconcileNow());
  });
  if (parts.queue.isReachable) quietly(reconcileNow());
  const timer = setInterval(() => {
    if (parts.queue.isReachable) quietly(tidyUp());
  }, options.reconcileIntervalMs);

  return {
    worker: (route) => workers.get(route),
    reconcileNow,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await Promise.all([...workers.values()].map(async (worker) => worker[Symbol.asyncDispose]()));
      await running?.catch(() => undefined); // Its failure has been reported above.
      await parts.timetable.settled();
    },
  };
}
