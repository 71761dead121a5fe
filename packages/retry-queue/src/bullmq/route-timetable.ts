// One route's timetable in Redis: a BullMQ queue and what may be asked of it. Uses the connection that fails fast.
//
// The in-process part is `isHeldHere`: what this process was told last about pausing. It is written again whenever Redis
// turns out to have forgotten it (emptied, replaced, or away when it was said).
import { Queue } from 'bullmq';
import type { Route } from '@restante/mail-model';
import type { RouteCounts, ScheduleEntry, TimetableRow } from '../retry-queue.ts';
import type { RedisClient } from './connections.ts';
import { jobOf, queueNameOf } from './job-shape.ts';
import { isJobGone } from './redis-failure.ts';
import { removeForeignIds, removeForeignKeys, removeOrphans } from './repair-route.ts';

const addAtOnce = 500;
const readAtOnce = 10_000;
const promoteAtOnce = 2000;
/** BullMQ's event stream cannot be switched off, only kept short. */
const eventsMax = 100;
const eventsField = 'opts.maxLenEvents';

export interface ActiveJob {
  readonly id: string;
  readonly lock: string | null;
}

export class RouteTimetable {
  readonly route: Route;
  readonly queue: Queue;
  readonly #client: RedisClient;
  #held: boolean | undefined;
  /** Called when isHeldHere may have changed, so that a worker goes on at once. */
  onHoldChange: () => void = () => undefined;

  constructor({
    route,
    client,
    prefix,
  }: {
    readonly route: Route;
    readonly client: RedisClient;
    readonly prefix: string;
  }) {
    this.route = route;
    this.#client = client;
    // With these three BullMQ asks Redis nothing by itself, so that a queue can be opened while Redis is away.
    const quiet = { skipMetasUpdate: true, skipVersionCheck: true, skipWaitingForReady: true };
    this.queue = new Queue(queueNameOf(route), { connection: client, prefix, ...quiet });
    this.queue.on('error', () => undefined); // The same causes reach watch-reachability.ts.
  }

  /** True when this process was told to pause the route. */
  get isHeldHere(): boolean {
    return this.#held === true;
  }

  /** After Redis came (back): foreign keys out, our settings in. Gives the foreign keys' names. */
  async prepare(): Promise<readonly string[]> {
    const foreign = await removeForeignKeys(this.#client, this.queue);
    await this.queue.backend.setQueueMeta({ [eventsField]: eventsMax });
    if (this.#held !== undefined) await this.queue.backend.pause(this.#held);
    return foreign;
  }

  /** False when Redis forgot what prepare() wrote. */
  async isIntact(): Promise<boolean> {
    const [events, paused] = await this.#client.hmget(
      this.queue.toKey('meta'),
      eventsField,
      'paused',
    );
    if (typeof events !== 'string') return false;
    if (this.#held !== undefined && this.#held !== (typeof paused === 'string'))
      await this.queue.backend.pause(this.#held);
    return true;
  }

  async add(entries: readonly ScheduleEntry[]): Promise<void> {
    const nowMs = Date.now();
    for (let from = 0; from < entries.length; from += addAtOnce) {
      const some = entries.slice(from, from + addAtOnce).map((entry) => jobOf(entry, nowMs));
      await this.queue.backend.addJobs(some);
    }
  }

  async remove(id: string): Promise<boolean> {
    return (await this.queue.backend.remove(id, false)) === 1;
  }

  async setPaused(paused: boolean): Promise<void> {
    this.#held = paused;
    this.onHoldChange();
    await this.queue.backend.pause(paused);
  }

  // Delayed jobs stand in the order of their next attempt; their ids sort by age. Giving them their rank by age as score, long
  // past, makes BullMQ's own promotion take them oldest first.
  async promoteAll(): Promise<number> {
    const delayed = this.queue.toKey('delayed');
    const ids = await this.#client.zrange(delayed, '0', '-1');
    ids.sort();
    for (let from = 0; from < ids.length; from += promoteAtOnce) {
      const ranked = ids
        .slice(from, from + promoteAtOnce)
        .flatMap((id, index) => [String(from + index + 1), id]);
      await this.#client.zadd(delayed, 'XX', ...ranked);
    }
    let more = ids.length > 0 ? 1 : 0;
    while (more !== 0) more = await this.queue.backend.promoteJobs(promoteAtOnce);
    return ids.length;
  }

  async promote(id: string): Promise<boolean> {
    try {
      await this.queue.backend.promote(id);
      return true;
    } catch (cause) {
      // Not delayed: then it is due already, or not there at all.
      if (!isJobGone(cause)) throw cause;
      return (await this.rows([id])).length > 0;
    }
  }

  async counts(): Promise<RouteCounts> {
    const answers = await this.#client
      .pipeline()
      .llen(this.queue.toKey('wait'))
      // What stands before all time never comes due (BullMQ promotes from 0 on): not ours, and no stand-in for what is.
      .zcount(this.queue.toKey('delayed'), 0, '+inf')
      .llen(this.queue.toKey('active'))
      .hexists(this.queue.toKey('meta'), 'paused')
      .exec();
    const [waiting = 0, delayed = 0, active = 0, paused = 0] = (answers ?? []).map(
      ([cause, count]) => {
        if (cause !== null) throw cause;
        return Number(count);
      },
    );
    return { waiting, delayed, active, isPaused: paused === 1 };
  }

  async *ids(): AsyncIterable<readonly string[]> {
    // In the order a job moves, so that few are missed on their way.
    for (const list of ['wait', 'active'] as const) {
      yield* pieces((from, to) => this.#client.lrange(this.queue.toKey(list), from, to));
    }
    yield* pieces((from, to) =>
      this.#client.zrange(this.queue.toKey('delayed'), String(from), String(to)),
    );
  }

  async rows(ids: readonly string[]): Promise<readonly TimetableRow[]> {
    if (ids.length === 0) return [];
    const active = new Set(await this.#client.lrange(this.queue.toKey('active'), 0, -1));
    const scores = await this.#client.zmscore(this.queue.toKey('delayed'), ...ids);
    const pipeline = this.#client.pipeline();
    for (const id of ids) pipeline.exists(this.queue.toKey(id));
    const exists = (await pipeline.exec()) ?? [];
    return ids.flatMap((id, index): TimetableRow[] => {
      if (active.has(id)) return [{ id, route: this.route, state: 'active' }];
      const score = scores[index];
      if (score !== null && score !== undefined) {
        // BullMQ keeps 12 bits for the order within a millisecond below the time.
        return [
          { id, route: this.route, state: 'delayed', nextAtMs: Math.floor(Number(score) / 0x1000) },
        ];
      }
      return exists[index]?.[1] === 1 ? [{ id, route: this.route, state: 'waiting' }] : [];
    });
  }

  /** What is being worked on, with the token in its lock; null where there is none or what stands there is no text. */
  async activeLocks(): Promise<readonly ActiveJob[]> {
    const ids = await this.#client.lrange(this.queue.toKey('active'), 0, -1);
    if (ids.length === 0) return [];
    const locks = await this.#client.mget(...ids.map((id) => this.#lockOf(id)));
    return ids.map((id, index) => ({ id, lock: locks[index] ?? null }));
  }

  /** When the lock runs out by itself; one without an end has Infinity. */
  async lockEnd(id: string): Promise<{ readonly isThere: boolean; readonly endsInMs: number }> {
    const leftMs = await this.#client.pttl(this.#lockOf(id));
    // Redis answers -2 for no key and -1 for no end.
    return { isThere: leftMs !== -2, endsInMs: leftMs === -1 ? Infinity : leftMs };
  }

  async breakLock(id: string): Promise<void> {
    await this.#client.del(this.#lockOf(id));
  }

  #lockOf(id: string): string {
    return `${this.queue.toKey(id)}:lock`;
  }

  /** Takes away what is left of a job that is gone, so that the reconciler sees that it is missing. */
  async forgetActive(id: string): Promise<void> {
    await this.#client.lrem(this.queue.toKey('active'), 0, id);
    await this.breakLock(id);
  }

  async repair(): Promise<{ readonly removed: number; readonly foreign: readonly string[] }> {
    const keys = await removeForeignKeys(this.#client, this.queue);
    const known = new Set<string>();
    for await (const some of this.ids()) for (const id of some) known.add(id);
    const foreign = await removeForeignIds(this.#client, this.queue, known);
    const orphans = await removeOrphans(this.#client, this.queue, known);
    return { removed: keys.length + foreign.length + orphans, foreign };
  }

  async close(): Promise<void> {
    await this.queue.close();
  }
}

async function* pieces(
  read: (from: number, to: number) => Promise<readonly string[]>,
): AsyncIterable<readonly string[]> {
  for (let from = 0; ; from += readAtOnce) {
    const some = await read(from, from + readAtOnce - 1);
    if (some.length > 0) yield some;
    if (some.length < readAtOnce) return;
  }
}
