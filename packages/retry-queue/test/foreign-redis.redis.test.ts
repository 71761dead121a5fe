// The timetable when Redis is set up wrongly or holds what somebody else wrote there (threat 31).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startRedis } from '../../../test/kit/redis.ts';
import { RetryQueueError } from '../src/index.ts';
import type { NextStep } from '../src/index.ts';
import { connectRaw, eventually, idsOf, newIds, openQueue } from './kit.ts';

const route = 'peer:us' as const;
const base = '{restante:test}:peer.us:';
const done: NextStep = { kind: 'done' };

test('a Redis that may evict is refused with the command that mends it, and without the password', async () => {
  await using redis = await startRedis({
    args: ['--maxmemory-policy', 'allkeys-lru', '--requirepass', 'topsecret'],
  });
  const url = `redis://:topsecret@127.0.0.1:${redis.port}`;
  await using open = await openQueue({ url }, { wait: false });
  await assert.rejects(open.queue.ready(), (cause) => {
    assert.ok(cause instanceof RetryQueueError);
    assert.equal(cause.code, 'WRONG_EVICTION_POLICY');
    assert.match(
      cause.message,
      new RegExp(
        `redis-cli -u redis://127.0.0.1:${redis.port} CONFIG SET maxmemory-policy noeviction`,
      ),
    );
    assert.doesNotMatch(cause.message, /topsecret/);
    return true;
  });
});

test('the policy is found out even where an ACL denies CONFIG (threat 31)', async () => {
  await using redis = await startRedis();
  using raw = connectRaw(redis);
  await raw.acl('SETUSER', 'mail', 'on', '>pw', '~*', '&*', '+@all', '-config', '-flushall');
  const url = `redis://mail:pw@127.0.0.1:${redis.port}`;
  await using open = await openQueue({ url });
  await raw.config('SET', 'maxmemory-policy', 'volatile-ttl');
  await assert.rejects(open.queue.ready(), { code: 'WRONG_EVICTION_POLICY' });
});

test('a wrong password is "unreachable" with the server\'s words as cause', async () => {
  await using redis = await startRedis({ args: ['--requirepass', 'right'] });
  await using open = await openQueue(
    { url: `redis://:wrong@127.0.0.1:${redis.port}` },
    { wait: false },
  );
  await assert.rejects(open.queue.ready(), (cause) => {
    assert.ok(cause instanceof RetryQueueError && cause.cause instanceof Error);
    assert.match(cause.cause.message, /WRONGPASS|NOAUTH/);
    return cause.code === 'TIMETABLE_UNREACHABLE';
  });
});

test('keys of a wrong type are removed with an alarm, and the node is asked to reconcile', async () => {
  await using redis = await startRedis();
  await using open = await openQueue(redis);
  using raw = connectRaw(redis);
  const seen = new Set<string>();
  open.queue.work(route, {
    concurrency: 3,
    retryAfterFaultMs: 50,
    handle: async ({ id }) => (seen.add(id), done),
  });
  for (const key of ['wait', 'active', 'delayed', 'meta', 'marker', 'events', 'stalled', 'id']) {
    await raw
      .multi()
      .del(base + key)
      .set(base + key, 'not yours')
      .exec();
    const before = seen.size;
    const [id = ''] = newIds(1);
    await eventually(async () => {
      await open.queue.schedule([{ id, route, delayMs: 0 }]).catch((cause: unknown) => {
        assert.ok(cause instanceof RetryQueueError);
      });
      return seen.size > before;
    });
  }
  await eventually(() => open.queue.isReachable);
  assert.ok(open.events.some(({ name }) => name === 'timetable.lost'));
});

test('jobs that are not ours are removed with an alarm and never reach the handler', async () => {
  await using redis = await startRedis();
  await using open = await openQueue(redis);
  using raw = connectRaw(redis);
  const [good = '', garbled = '', text = ''] = newIds(3);
  const hostile = ['1', 'm', '../../etc/passwd', 'x'.repeat(100_000), 'm\u0000', '0:0', 'wait', ''];
  await raw.lpush(`${base}wait`, ...hostile, text, garbled);
  await raw.hset(base + garbled, {
    name: 'm',
    data: 'not JSON',
    opts: '{broken',
    progress: '{',
    delay: 'x',
    ats: 'x',
  });
  await raw.set(base + text, 'a string in the place of a job');
  await raw.zadd(`${base}delayed`, 1, 'zzz', 2, '{"evil":true}');

  const seen: string[] = [];
  open.queue.work(route, {
    concurrency: 3,
    retryAfterFaultMs: 50,
    handle: async ({ id }) => (seen.push(id), done),
  });
  await open.queue.schedule([{ id: good, route, delayMs: 0 }]);
  await eventually(() => seen.includes(good));
  await eventually(async () => {
    const { waiting, active, delayed } = await open.queue.counts(route);
    return waiting + active + delayed === 0;
  });
  assert.deepEqual(seen, [good]);
  assert.ok(open.events.some(({ name }) => name === 'job.failed'));

  // The reconciler finds them missing and adds them again: now they are jobs like any other.
  await open.queue.repair(route);
  await open.queue.schedule([garbled, text].map((id) => ({ id, route, delayMs: 0 })));
  await eventually(() => seen.length === 3);
});

test('a job whose counters are no numbers is removed instead of being stuck as active for ever', async () => {
  await using redis = await startRedis();
  await using open = await openQueue(redis);
  using raw = connectRaw(redis);
  const ids = newIds(3);
  await open.queue.schedule(ids.map((id) => ({ id, route, delayMs: 0 })));
  for (const [index, field] of ['ats', 'atm', 'stc'].entries())
    await raw.hset(base + ids[index], field, '{');
  const seen = new Set<string>();
  open.queue.work(route, {
    concurrency: 3,
    retryAfterFaultMs: 50,
    handle: async ({ id }) => (seen.add(id), done),
  });
  await eventually(async () => {
    const { waiting, active, delayed } = await open.queue.counts(route);
    return waiting + active + delayed === 0;
  });
  // What was removed is missing to the reconciler, which adds it again.
  await open.queue.schedule(ids.map((id) => ({ id, route, delayMs: 0 })));
  await eventually(() => ids.every((id) => seen.has(id)));
});

test('a job key that stands on no list does not make its id unschedulable for ever', async () => {
  await using redis = await startRedis();
  await using open = await openQueue(redis);
  using raw = connectRaw(redis);
  const [orphan = '', listed = ''] = newIds(2);
  await raw.hset(base + orphan, { name: 'm', data: '{}', opts: '{}', timestamp: 1 });
  await open.queue.schedule([
    { id: orphan, route, delayMs: 0 },
    { id: listed, route, delayMs: 60_000 },
  ]);
  assert.deepEqual(await idsOf(open.queue, route), [listed]);
  assert.equal(await open.queue.repair(route), 1);
  await open.queue.schedule([{ id: orphan, route, delayMs: 0 }]);
  assert.deepEqual((await idsOf(open.queue, route)).sort(), [orphan, listed].sort());
});

test('a letter waited for ever because somebody had written over its lock while it was being tried', async () => {
  await using redis = await startRedis();
  await using open = await openQueue(redis);
  using raw = connectRaw(redis);
  const [endless = '', long = '', list = '', others = ''] = newIds(4);
  const locks = new Map<string, (key: string) => Promise<unknown>>([
    [endless, (key) => raw.set(key, 'NaN')],
    [long, (key) => raw.set(key, '', 'PX', 86_400_000)],
    [list, (key) => raw.multi().del(key).lpush(key, 'not yours').exec()],
    // As another process of this site locks.
    [others, (key) => raw.set(key, 'other/life', 'PX', 60_000)],
  ]);
  const tries = new Map<string, number>();
  open.queue.work(route, {
    concurrency: 4,
    retryAfterFaultMs: 50,
    async handle({ id }) {
      const before = tries.get(id) ?? 0;
      tries.set(id, before + 1);
      if (before > 0) return done;
      await locks.get(id)?.(`${base}${id}:lock`);
      return { kind: 'retry', delayMs: 50 };
    },
  });
  await open.queue.schedule([...locks.keys()].map((id) => ({ id, route, delayMs: 0 })));
  await eventually(() => [endless, long, list].every((id) => tries.get(id) === 2));
  await eventually(async () => (await idsOf(open.queue, route)).length === 1);
  assert.equal(tries.get(others), 1, 'what another process works on is left to it');
  const alarms = open.events.filter(({ name }) => name === 'job.failed');
  assert.ok(alarms.length >= 2, 'somebody hears of it');
});

test('a letter was not missed because something that never comes due was counted in its place', async () => {
  await using redis = await startRedis();
  await using open = await openQueue(redis);
  using raw = connectRaw(redis);
  await raw.zadd(`${base}delayed`, -1, newIds(1)[0] ?? '', -0.5, 'zzz');
  assert.equal((await open.queue.counts(route)).delayed, 0);
});
