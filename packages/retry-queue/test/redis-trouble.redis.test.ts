// The timetable when its Redis dies, hangs or is emptied (laws 1 and 3).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '@restante/runtime';
import type { Logger } from '@restante/runtime';
import { freePort } from '../../../test/kit/free-port.ts';
import { startRedis } from '../../../test/kit/redis.ts';
import { RetryQueueError } from '../src/index.ts';
import type { NextStep } from '../src/index.ts';
import { connectRaw, eventually, idsOf, newIds, openQueue } from './kit.ts';

const route = 'peer:us' as const;
const done: NextStep = { kind: 'done' };

async function failsFast(call: Promise<unknown>): Promise<void> {
  const startedMs = performance.now();
  await assert.rejects(
    call,
    (cause) => cause instanceof RetryQueueError && cause.code === 'TIMETABLE_UNREACHABLE',
  );
  assert.ok(performance.now() - startedMs < 2500, 'it took longer than two seconds to say so');
}

test('starts while Redis is away, says so fast, and works by itself once it is there', async () => {
  const port = await freePort();
  await using open = await openQueue({ url: `redis://127.0.0.1:${port}` }, { wait: false });
  const [early = '', late = ''] = newIds(2);
  const seen: string[] = [];
  open.queue.work(route, {
    concurrency: 5,
    retryAfterFaultMs: 50,
    handle: async ({ id }) => (seen.push(id), done),
  });

  assert.equal(open.queue.isReachable, false);
  await failsFast(open.queue.schedule([{ id: early, route, delayMs: 0 }]));
  await failsFast(open.queue.ready());
  await failsFast(open.queue.counts(route));

  await using redis = await startRedis({ port });
  await eventually(() => open.backs() === 1);
  assert.equal(open.queue.isReachable, true);
  await open.queue.schedule([{ id: late, route, delayMs: 0 }]);
  await eventually(() => seen.length === 1);
  assert.deepEqual(seen, [late]);
  assert.deepEqual(open.events, []);
  assert.ok(redis.pid > 0);
});

test('Redis killed and restarted empty: reported, reconciled by the node, and work goes on', async () => {
  await using redis = await startRedis();
  await using open = await openQueue(redis);
  const ids = newIds(50);
  const seen = new Set<string>();
  await open.queue.pause(route);
  open.queue.work(route, {
    concurrency: 5,
    retryAfterFaultMs: 50,
    handle: async ({ id }) => (seen.add(id), done),
  });
  await open.queue.schedule(ids.map((id) => ({ id, route, delayMs: 0 })));
  await eventually(() => open.backs() === 1);

  await redis.kill();
  await eventually(() => !open.queue.isReachable);
  await failsFast(open.queue.schedule(ids.map((id) => ({ id, route, delayMs: 0 }))));
  await redis.restart({ empty: true });
  await eventually(() => open.backs() === 2);
  assert.deepEqual(
    open.events.map(({ name }) => name),
    ['timetable.lost', 'timetable.back'],
  );

  assert.deepEqual(await idsOf(open.queue, route), []);
  await open.queue.schedule(ids.map((id) => ({ id, route, delayMs: 0 })));
  assert.equal((await open.queue.counts(route)).isPaused, true, 'the hold was written again');
  assert.equal(seen.size, 0);
  await open.queue.unpause(route);
  await eventually(() => seen.size === 50);
});

test('Redis killed in mid-work and restarted: every id is done, none by two handlers at the same time', async () => {
  await using redis = await startRedis({ args: ['--appendfsync', 'always'] });
  await using open = await openQueue(redis);
  const ids = newIds(400);
  const running = new Set<string>();
  const seen = new Set<string>();
  let overlaps = 0;
  open.queue.work(route, {
    concurrency: 20,
    retryAfterFaultMs: 50,
    async handle({ id }) {
      if (running.has(id)) overlaps += 1;
      running.add(id);
      await new Promise((resolve) => setTimeout(resolve, 10));
      running.delete(id);
      seen.add(id);
      return done;
    },
  });
  await open.queue.schedule(ids.map((id) => ({ id, route, delayMs: 0 })));
  for (let round = 0; round < 2; round += 1) {
    const before = seen.size;
    await eventually(() => seen.size > before);
    await redis.restart();
  }
  await eventually(async () => {
    if (!open.queue.isReachable) return false;
    const { waiting, active, delayed } = await open.queue.counts(route);
    return waiting + active + delayed === 0;
  });
  assert.equal(seen.size, 400);
  assert.equal(overlaps, 0);
});

test('a hanging Redis is noticed within three seconds and calls fail within two', async () => {
  await using redis = await startRedis();
  await using open = await openQueue(redis);
  const [id = ''] = newIds(1);
  let handled = 0;
  open.queue.work(route, {
    concurrency: 5,
    retryAfterFaultMs: 50,
    handle: async () => ((handled += 1), done),
  });
  redis.freeze();
  const frozenMs = performance.now();
  await failsFast(open.queue.schedule([{ id, route, delayMs: 0 }]));
  await eventually(() => !open.queue.isReachable);
  assert.ok(performance.now() - frozenMs < 4000);
  redis.thaw();
  await eventually(() => open.queue.isReachable);
  assert.ok(open.backs() >= 2);
  await open.queue.schedule([{ id, route, delayMs: 0 }]);
  await eventually(() => handled >= 1);
});

test('FLUSHALL in mid-work is noticed by itself, harms nobody, and a hold outlives it', async () => {
  await using redis = await startRedis();
  await using open = await openQueue(redis);
  using raw = connectRaw(redis);
  const ids = newIds(20);
  const gate = Promise.withResolvers<void>();
  const running = new Set<string>();
  const seen: string[] = [];
  open.queue.work(route, {
    concurrency: 10,
    retryAfterFaultMs: 50,
    async handle({ id }) {
      assert.ok(!running.has(id), 'twice at the same time');
      running.add(id);
      await gate.promise;
      running.delete(id);
      seen.push(id);
      return done;
    },
  });
  const entries = ids.map((id) => ({ id, route, delayMs: 0 }));
  await open.queue.schedule(entries);
  await eventually(() => running.size === 10);
  await eventually(() => open.backs() === 1);

  await raw.flushall();
  await eventually(() => open.backs() === 2);
  await open.queue.schedule(entries);
  gate.resolve();
  await eventually(async () => {
    const { waiting, active } = await open.queue.counts(route);
    return seen.length >= 20 && waiting + active === 0;
  });
  assert.deepEqual([...new Set(seen)].sort(), ids);
  assert.deepEqual(
    open.events.map(({ name }) => name),
    ['timetable.lost', 'timetable.back'],
  );

  await open.queue.pause(route);
  await raw.flushall();
  await eventually(async () => (await open.queue.counts(route)).isPaused);
});

test('connections cut by the server come back without anybody noticing but the log', async () => {
  await using redis = await startRedis();
  await using open = await openQueue(redis);
  using raw = connectRaw(redis);
  let handled = 0;
  open.queue.work(route, {
    concurrency: 3,
    retryAfterFaultMs: 50,
    handle: async () => ((handled += 1), done),
  });
  for (let round = 1; round <= 3; round += 1) {
    await raw.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await eventually(() => open.backs() === round + 1);
    await open.queue.schedule([{ id: newIds(1)[0] ?? '', route, delayMs: 0 }]);
    await eventually(() => handled === round);
  }
});

test('what a former life of this process was working on is due again at once', async () => {
  await using redis = await startRedis();
  const [id = ''] = newIds(1);
  {
    await using open = await openQueue(redis);
    const started = Promise.withResolvers<void>();
    open.queue.work(route, {
      concurrency: 1,
      retryAfterFaultMs: 50,
      handle: () => {
        started.resolve();
        return new Promise<never>(() => undefined);
      },
    });
    await open.queue.schedule([{ id, route, delayMs: 0 }]);
    await started.promise;
  }
  await using open = await openQueue(redis);
  const seen: string[] = [];
  assert.equal((await open.queue.counts(route)).active, 1);
  open.queue.work(route, {
    concurrency: 1,
    retryAfterFaultMs: 50,
    handle: async (due) => (seen.push(due.id), done),
  });
  await eventually(() => seen.length === 1);
  assert.deepEqual(seen, [id]);
});

test('a letter waited minutes because a list still named it as being worked on and nothing else of it was there', async () => {
  await using redis = await startRedis();
  await using open = await openQueue(redis);
  using raw = connectRaw(redis);
  const [id = ''] = newIds(1);
  await open.queue.schedule([{ id, route, delayMs: 60_000 }]);
  const [key = ''] = (await raw.keys('*')).filter((name) => name.endsWith(id));
  const prefix = key.slice(0, -id.length);
  await raw.del(key, `${prefix}delayed`);
  await raw.rpush(`${prefix}active`, id);
  open.queue.work(route, {
    concurrency: 1,
    retryAfterFaultMs: 50,
    handle: async () => done,
  });
  await eventually(async () => (await raw.llen(`${prefix}active`)) === 0);
  assert.deepEqual(await idsOf(open.queue, route), [], 'the reconciler sees that it is missing');
});

test('work that waits while the worker is silent is found by the watchdog, with a warning', async () => {
  await using redis = await startRedis();
  const warnings: string[] = [];
  const log: Logger = {
    ...silentLogger,
    warn: (_fields, sentence) => void warnings.push(sentence),
  };
  await using open = await openQueue(redis, { log });
  using raw = connectRaw(redis);
  const [first = '', unannounced = ''] = newIds(2);
  const seen: string[] = [];
  open.queue.work(route, {
    concurrency: 3,
    retryAfterFaultMs: 50,
    handle: async ({ id }) => (seen.push(id), done),
  });
  await open.queue.schedule([{ id: first, route, delayMs: 0 }]);
  await eventually(() => seen.length === 1);
  await eventually(async () => {
    const isAsleep = /^blocked_clients:1/m.test(await raw.info('clients'));
    const hasMarker = (await raw.exists('{restante:test}:peer.us:marker')) === 1;
    return isAsleep && !hasMarker && (await open.queue.counts(route)).active === 0;
  });

  // On the list, but nobody was woken: what a worker with a dead ear looks like from outside.
  await raw.lpush('{restante:test}:peer.us:wait', unannounced);
  await eventually(() => seen.length === 2);
  assert.deepEqual(seen, [first, unannounced]);
  assert.equal(warnings.length, 1);
});
