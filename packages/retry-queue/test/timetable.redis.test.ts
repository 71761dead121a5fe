// The timetable against a real Redis: what is promised when all is well.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Redis } from 'ioredis';
import type { RedisServer } from '../../../test/kit/redis.ts';
import { startRedis } from '../../../test/kit/redis.ts';
import type { Due, NextStep, ScheduleEntry } from '../src/index.ts';
import { eventually, idsOf, newIds, openQueue } from './kit.ts';

let redis: RedisServer;
let raw: Redis;

before(async () => {
  redis = await startRedis();
  raw = new Redis(redis.port);
});
beforeEach(() => raw.flushall());
after(async () => {
  raw.disconnect();
  await redis[Symbol.asyncDispose]();
});

const route = 'peer:us' as const;
const entries = (ids: readonly string[], delayMs = 0): ScheduleEntry[] =>
  ids.map((id) => ({ id, route, delayMs }));

test('a due id is offered to the handler once, and is gone when it is done', async () => {
  await using open = await openQueue(redis);
  const ids = newIds(200);
  const seen: Due[] = [];
  open.queue.work(route, {
    concurrency: 20,
    retryAfterFaultMs: 1000,
    handle: async (due) => {
      seen.push(due);
      return { kind: 'done' };
    },
  });
  await open.queue.schedule(entries(ids));
  await eventually(() => seen.length === 200);
  assert.deepEqual(seen.map(({ id }) => id).sort(), ids);
  assert.equal(seen[0]?.attemptsBefore, 0);
  await eventually(async () => (await open.queue.counts(route)).active === 0);
  assert.deepEqual(await open.queue.counts(route), {
    waiting: 0,
    delayed: 0,
    active: 0,
    isPaused: false,
  });
});

test('scheduling an id again changes nothing, whether it waits or is delayed', async () => {
  await using open = await openQueue(redis);
  const [waiting = '', delayed = ''] = newIds(2);
  await open.queue.schedule([
    { id: waiting, route, delayMs: 0 },
    { id: delayed, route, delayMs: 60_000 },
  ]);
  const before = await open.queue.rows(route, [waiting, delayed]);
  await open.queue.schedule([
    { id: waiting, route, delayMs: 5000 },
    { id: delayed, route, delayMs: 0 },
  ]);
  assert.deepEqual(await open.queue.rows(route, [waiting, delayed]), before);
  assert.deepEqual(
    before.map(({ state }) => state),
    ['waiting', 'delayed'],
  );
});

test('a retry comes after its delay and counts the attempts before it', async () => {
  await using open = await openQueue(redis);
  const [id = ''] = newIds(1);
  const attempts: { before: number; atMs: number }[] = [];
  open.queue.work(route, {
    concurrency: 2,
    retryAfterFaultMs: 1000,
    handle: async ({ attemptsBefore }): Promise<NextStep> => {
      attempts.push({ before: attemptsBefore, atMs: performance.now() });
      return attempts.length < 3 ? { kind: 'retry', delayMs: 150 } : { kind: 'done' };
    },
  });
  await open.queue.schedule(entries([id]));
  await eventually(() => attempts.length === 3);
  assert.deepEqual(
    attempts.map(({ before }) => before),
    [0, 1, 2],
  );
  assert.ok((attempts[1]?.atMs ?? 0) - (attempts[0]?.atMs ?? 0) >= 148);
});

test('a handler that throws is an alarm and a delay, never a failed job (law 7)', async () => {
  await using open = await openQueue(redis);
  const [id = ''] = newIds(1);
  let calls = 0;
  open.queue.work(route, {
    concurrency: 1,
    retryAfterFaultMs: 50,
    handle: async () => {
      calls += 1;
      if (calls === 1) throw new Error('a bug of ours');
      return { kind: 'done' };
    },
  });
  await open.queue.schedule(entries([id]));
  await eventually(() => calls === 2);
  assert.deepEqual(
    open.events.map(({ name }) => name),
    ['job.failed'],
  );
  assert.equal(await raw.zcard('{restante:test}:peer.us:failed'), 0);
});

test('five days are kept as five days', async () => {
  await using open = await openQueue(redis);
  const [id = ''] = newIds(1);
  const fiveDaysMs = 5 * 24 * 3_600_000;
  const atMs = Date.now();
  await open.queue.schedule(entries([id], fiveDaysMs));
  const [row] = await open.queue.rows(route, [id]);
  assert.ok(Math.abs((row?.nextAtMs ?? 0) - atMs - fiveDaysMs) < 2000);
});

test('live mail goes ahead of everything that waits', async () => {
  await using open = await openQueue(redis);
  const [first = '', second = '', live = ''] = newIds(3);
  await open.queue.schedule(entries([first, second]));
  await open.queue.schedule([{ id: live, route, delayMs: 0, ahead: true }]);
  const order: string[] = [];
  open.queue.work(route, {
    concurrency: 1,
    retryAfterFaultMs: 50,
    handle: async ({ id }) => {
      order.push(id);
      return { kind: 'done' };
    },
  });
  await eventually(() => order.length === 3);
  assert.deepEqual(order, [live, first, second]);
});

test('a paused route keeps its jobs, its retries and, for another process, the pause', async () => {
  await using open = await openQueue(redis);
  const ids = newIds(10);
  let calls = 0;
  const handle = async (): Promise<NextStep> => {
    calls += 1;
    return { kind: 'done' };
  };
  await open.queue.pause(route);
  await open.queue.pause(route);
  open.queue.work(route, { concurrency: 5, retryAfterFaultMs: 50, handle });
  await open.queue.schedule(entries(ids));
  {
    await using other = await openQueue(redis, { owner: 'other' });
    other.queue.work(route, { concurrency: 5, retryAfterFaultMs: 50, handle });
    assert.deepEqual(await other.queue.counts(route), {
      waiting: 10,
      delayed: 0,
      active: 0,
      isPaused: true,
    });
    await eventually(async () => (await other.queue.counts(route)).isPaused);
  }
  assert.equal(calls, 0);
  await open.queue.unpause(route);
  await eventually(() => calls === 10);
});

test('promoteAll makes everything due, oldest message first, whatever its next attempt was', async () => {
  await using open = await openQueue(redis);
  const ids = newIds(3000);
  await open.queue.schedule(
    ids.map((id, index) => ({ id, route, delayMs: 1_000_000 - index * 7 })),
  );
  assert.equal(await open.queue.promoteAll(route), 3000);
  assert.deepEqual(await open.queue.counts(route), {
    waiting: 3000,
    delayed: 0,
    active: 0,
    isPaused: false,
  });
  const order: string[] = [];
  open.queue.work(route, {
    concurrency: 1,
    retryAfterFaultMs: 50,
    handle: async ({ id }) => {
      order.push(id);
      return { kind: 'done' };
    },
  });
  await eventually(() => order.length === 3000);
  assert.deepEqual(order, ids);
});

test('one id can be made due, or taken off unless it is being worked on', async () => {
  await using open = await openQueue(redis);
  const [due = '', gone = '', busy = '', unknown = ''] = newIds(4);
  await open.queue.schedule(entries([due, gone], 60_000));
  assert.equal(await open.queue.promote(unknown, route), false);
  assert.equal(await open.queue.remove(gone, route), true);
  assert.equal(await open.queue.promote(gone, route), false);
  assert.equal(await open.queue.promote(due, route), true);
  assert.equal(await open.queue.promote(due, route), true, 'due already');
  assert.deepEqual(await open.queue.rows(route, [due, gone]), [
    { id: due, route, state: 'waiting' },
  ]);

  const working = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const worker = open.queue.work(route, {
    concurrency: 1,
    retryAfterFaultMs: 50,
    handle: async ({ id }) => {
      if (id === busy) {
        working.resolve();
        await release.promise;
      }
      return { kind: 'done' };
    },
  });
  await open.queue.schedule(entries([busy]));
  await working.promise;
  assert.equal(await open.queue.remove(busy, route), false);
  assert.deepEqual(await open.queue.rows(route, [busy]), [{ id: busy, route, state: 'active' }]);
  release.resolve();
  await worker[Symbol.asyncDispose]();
});

test('the number of handlers follows setConcurrency at once, up and down', async () => {
  await using open = await openQueue(redis);
  let now = 0;
  let peak = 0;
  const worker = open.queue.work(route, {
    concurrency: 2,
    retryAfterFaultMs: 50,
    handle: async () => {
      now += 1;
      peak = Math.max(peak, now);
      await new Promise((resolve) => setTimeout(resolve, 2));
      now -= 1;
      return { kind: 'done' };
    },
  });
  await open.queue.schedule(entries(newIds(100)));
  await eventually(() => peak === 2);
  worker.setConcurrency(10);
  await open.queue.schedule(entries(newIds(300)));
  await eventually(() => peak === 10);
  worker.setConcurrency(1);
  await eventually(() => now <= 1);
  // What ten had taken already may still begin; only what comes after it is one's alone.
  await eventually(async () => {
    const { waiting, active } = await open.queue.counts(route);
    return waiting + active === 0;
  });
  peak = 0;
  await open.queue.schedule(entries(newIds(50)));
  await eventually(async () => (await open.queue.counts(route)).waiting === 0);
  assert.equal(peak, 1);
});

test('quiesce lets what runs end, takes nothing new, and resume goes on', async () => {
  await using open = await openQueue(redis);
  let ended = 0;
  const worker = open.queue.work(route, {
    concurrency: 4,
    retryAfterFaultMs: 50,
    handle: async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      ended += 1;
      return { kind: 'done' };
    },
  });
  await open.queue.schedule(entries(newIds(40)));
  await eventually(async () => (await open.queue.counts(route)).active === 4);
  await worker.quiesce();
  const atQuiet = ended;
  const { waiting, active } = await open.queue.counts(route);
  assert.equal(active, 0);
  assert.equal(waiting, 40 - atQuiet);
  worker.resume();
  await eventually(() => ended === 40);
});

test('ids() walks the whole timetable of one route and of no other', async () => {
  await using open = await openQueue(redis);
  const ids = newIds(12_000);
  await open.queue.schedule([
    ...entries(ids.slice(0, 11_000)),
    ...entries(ids.slice(11_000), 60_000),
  ]);
  await open.queue.schedule([{ id: newIds(1)[0] ?? '', route: 'local', delayMs: 0 }]);
  assert.deepEqual((await idsOf(open.queue, route)).sort(), ids);
});

test('one message costs Redis less than 0.6 KiB, waiting or delayed', async () => {
  await using open = await openQueue(redis);
  const usedBytes = async () => Number(/^used_memory:(\d+)/m.exec(await raw.info('memory'))?.[1]);
  for (const delayMs of [0, 4 * 24 * 3_600_000]) {
    const before = await usedBytes();
    await open.queue.schedule(entries(newIds(10_000), delayMs));
    const each = ((await usedBytes()) - before) / 10_000;
    assert.ok(each < 0.6 * 1024, `${each} bytes a message`);
  }
});
