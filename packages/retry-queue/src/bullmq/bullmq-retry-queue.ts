// The timetable on BullMQ and Redis: puts the parts of this folder together and translates what they throw.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { isSpoolId } from '@restante/mail-model';
import type { EventSink, Route } from '@restante/mail-model';
import { silentLogger } from '@restante/runtime';
import { RetryQueueError } from '../errors.ts';
import type {
  RetryQueue,
  RetryQueueOptions,
  RouteWorker,
  ScheduleEntry,
  WorkOptions,
} from '../retry-queue.ts';
import { checkRedis } from './check-redis.ts';
import { readTarget } from './connect-redis.ts';
import { connectProducer, connectWorker } from './connections.ts';
import { keyPrefixOf, queueNameOf } from './job-shape.ts';
import { isRefusal, isWrongType, toRetryQueueError } from './redis-failure.ts';
import { isReadableJob, removeEverywhere } from './repair-route.ts';
import { startRouteWorker } from './route-worker.ts';
import { RouteTimetable } from './route-timetable.ts';
import { watchReachability } from './watch-reachability.ts';
import { openSession } from './worker-session.ts';

const readyDeadlineMs = 2000;

/** Returns at once, whether Redis answers or not. */
export function createRetryQueue(options: RetryQueueOptions): RetryQueue {
  const target = readTarget(options);
  const { onEvent, log = silentLogger, owner = 'node' } = options;
  const prefix = keyPrefixOf(options.prefix);
  const token = `${owner}/${randomBytes(8).toString('base64url')}`;
  const client = connectProducer(target);
  const routes = new Map<Route, RouteTimetable>();
  const workers = new Set<RouteWorker>();

  const reachability = watchReachability({
    client,
    onEvent,
    async prepare() {
      await client.ping();
      for (const timetable of routes.values())
        reportForeignKeys(onEvent, await timetable.prepare());
      await complainIfUnfit();
    },
    async pulse() {
      await client.ping();
      const intact = await Promise.all(
        [...routes.values()].map((timetable) => timetable.isIntact()),
      );
      return intact.every((is) => is);
    },
  });

  // A node may start while Redis is away, so ready() is not the only one to look. Too late to refuse: said loudly instead.
  async function complainIfUnfit(): Promise<void> {
    try {
      await checkRedis(client, target.shown);
    } catch (cause) {
      if (!(cause instanceof RetryQueueError)) throw cause;
      log.error(
        { cause },
        'This Redis is not fit to keep a timetable; mail is safe in the spool but may be late.',
      );
    }
  }

  function timetableOf(route: Route): RouteTimetable {
    const timetable = routes.get(route);
    assert(timetable, `openRoute('${route}') comes first.`);
    return timetable;
  }

  /** Runs one call on a route. When Redis says no, something foreign may stand in the way: removed, and tried once more. */
  async function on<T>(route: Route, call: (timetable: RouteTimetable) => Promise<T>): Promise<T> {
    const timetable = timetableOf(route);
    try {
      return await call(timetable);
    } catch (cause) {
      if (!isRefusal(cause)) throw explained(cause);
      return await afterMending(timetable, isWrongType(cause), call);
    }
  }

  async function afterMending<T>(
    timetable: RouteTimetable,
    isHalfDone: boolean,
    call: (timetable: RouteTimetable) => Promise<T>,
  ): Promise<T> {
    try {
      await mend(timetable, new Set());
      // A script that met a foreign key stopped half-way: the job may be stored and stand on no list.
      if (isHalfDone) await timetable.repair();
      return await call(timetable);
    } catch (cause) {
      throw explained(cause);
    }
  }

  function explained(cause: unknown): RetryQueueError {
    const known = toRetryQueueError(cause);
    if (known.code !== 'TIMETABLE_UNREACHABLE' || reachability.isReachable) return known;
    // "Stream isn't writeable" says less than what broke the connection.
    return new RetryQueueError(known.code, { cause: reachability.lastProblem });
  }

  async function mend(timetable: RouteTimetable, running: ReadonlySet<string>): Promise<void> {
    const foreign = await timetable.prepare();
    reportForeignKeys(onEvent, foreign);
    if (foreign.length > 0)
      reachability.reportLoss(new Error(`Redis held foreign values in ${foreign.join(', ')}.`));
    await removeUnreadable(timetable, running);
  }

  async function removeUnreadable(
    timetable: RouteTimetable,
    running: ReadonlySet<string>,
  ): Promise<void> {
    const { route, queue } = timetable;
    for (const { id } of await timetable.activeLocks()) {
      if (running.has(id) || (await isReadableJob(client, queue, id))) continue;
      await removeEverywhere(client, queue, id);
      onEvent({
        name: 'job.failed',
        id: id.slice(0, 64),
        route,
        cause: new Error('Its key in Redis was not a job; removed.'),
      });
    }
  }

  function work(route: Route, workOptions: WorkOptions): RouteWorker {
    const timetable = timetableOf(route);
    const worker = startRouteWorker({
      timetable,
      options: workOptions,
      token,
      openSession: (onError) =>
        openSession({
          name: queueNameOf(route),
          prefix,
          token,
          client: connectWorker(target),
          onError,
        }),
      mend: (running) => mend(timetable, running),
      isReachable: () => reachability.isReachable,
      onEvent,
      log,
    });
    workers.add(worker);
    return worker;
  }

  return {
    async ready() {
      if (!(await reachability.reachableWithin(readyDeadlineMs))) throw explained(undefined);
      await checkRedis(client, target.shown).catch((cause: unknown) => {
        throw explained(cause);
      });
    },
    openRoute(route) {
      if (routes.has(route)) return;
      const timetable = new RouteTimetable({ route, client, prefix });
      routes.set(route, timetable);
      if (!reachability.isReachable) return;
      // Opened late: Redis is there already. A failure here is seen by the next pulse, which prepares again.
      void timetable.prepare().then(
        (foreign) => reportForeignKeys(onEvent, foreign),
        () => undefined,
      );
    },
    async schedule(entries) {
      for (const [route, some] of byRoute(entries))
        await on(route, (timetable) => timetable.add(some));
    },
    remove: (id, route) => on(route, (timetable) => timetable.remove(id)),
    work,
    pause: (route) => on(route, (timetable) => timetable.setPaused(true)),
    unpause: (route) => on(route, (timetable) => timetable.setPaused(false)),
    promoteAll: (route) => on(route, (timetable) => timetable.promoteAll()),
    promote: (id, route) => on(route, (timetable) => timetable.promote(id)),
    counts: (route) => on(route, (timetable) => timetable.counts()),
    async *ids(route) {
      try {
        yield* timetableOf(route).ids();
      } catch (cause) {
        throw explained(cause);
      }
    },
    rows: (route, ids) => on(route, (timetable) => timetable.rows(ids)),
    repair: (route) =>
      on(route, async (timetable) => {
        const { removed, foreign } = await timetable.repair();
        for (const id of foreign) {
          onEvent({
            name: 'job.failed',
            id: id.slice(0, 64),
            route,
            cause: new Error('This is not the id of a spool entry.'),
          });
        }
        return removed;
      }),
    get isReachable() {
      return reachability.isReachable;
    },
    onBack: (listener) => reachability.onBack(listener),
    async [Symbol.asyncDispose]() {
      reachability.stop();
      await Promise.all([...workers].map((worker) => worker[Symbol.asyncDispose]()));
      await Promise.all(
        [...routes.values()].map((timetable) => timetable.close().catch(() => undefined)),
      );
      client.disconnect();
    },
  };
}

function byRoute(entries: readonly ScheduleEntry[]): ReadonlyMap<Route, readonly ScheduleEntry[]> {
  const first = entries[0];
  if (first === undefined) return new Map();
  for (const { id } of entries) assert(isSpoolId(id), `'${id}' is not the id of a spool entry.`);
  // The hot path: one commit's messages mostly go one way.
  if (entries.every(({ route }) => route === first.route)) return new Map([[first.route, entries]]);
  return Map.groupBy(entries, ({ route }) => route);
}

function reportForeignKeys(onEvent: EventSink, keys: readonly string[]): void {
  if (keys.length === 0) return;
  onEvent({
    name: 'timetable.lost',
    cause: new Error(`Redis held foreign values in ${keys.join(', ')}; removed.`),
  });
}
