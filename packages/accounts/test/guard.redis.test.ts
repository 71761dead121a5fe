// The guard over a real Redis: shared by nodes, kept over restarts, and not needed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemClock } from '@restante/runtime';
import { Redis } from 'ioredis';
import { startRedis, type RedisServer } from '../../../test/kit/redis.ts';
import { RedisTryCounts } from '../src/guard/redis-try-counts.ts';
import { createLogins } from '../src/index.ts';
import { from, makeLogins, settings } from './logins-for-tests.ts';

const ana = 'ana@example.test';
let redis: RedisServer;
const clients: Redis[] = [];

before(async () => {
  redis = await startRedis({ args: ['--appendfsync', 'always'] });
});
after(async () => {
  for (const client of clients) client.disconnect();
  await redis[Symbol.asyncDispose]();
});

function connect(): Redis {
  const client = new Redis({
    host: '127.0.0.1',
    port: redis.port,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    replyMapping: 'legacy',
    protocol: 2,
  });
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

async function connected(): Promise<Redis> {
  const client = connect();
  const { promise, resolve } = Promise.withResolvers<void>();
  client.once('ready', resolve);
  await promise;
  return client;
}

test('two nodes count together, a restart of Redis and of both nodes forgets nothing', async () => {
  await using made = await makeLogins({ redis: await connected(), redisPrefix: 'one:' });
  await made.book.addAccount({ address: ana, password: 'secret-1' });
  const node = made.logins.credentialsFor(from('198.51.100.9'));
  const nodeOf = async () =>
    createLogins({
      book: made.book,
      settings,
      auditDir: `${made.made.dir}/other`,
      clock: systemClock,
      redis: await connected(),
      redisPrefix: 'one:',
    });
  await using other = await nodeOf();
  const onOther = other.credentialsFor(from('198.51.100.9'));
  for (const [index, each] of [node, onOther, node, onOther, node].entries())
    assert.equal((await each.verifyPassword(ana, `guess-${index}`)).kind, 'refused');
  assert.equal((await node.verifyPassword(ana, 'secret-1')).kind, 'wait');
  assert.equal((await onOther.verifyPassword(ana, 'secret-1')).kind, 'wait');

  await redis.restart();
  await using fresh = await nodeOf();
  const again = await fresh.credentialsFor(from('198.51.100.9')).verifyPassword(ana, 'secret-1');
  assert.ok(again.kind === 'wait' && again.seconds > 0 && again.seconds <= 10);
  const elsewhere = fresh.credentialsFor(from('192.0.2.7'));
  assert.equal((await elsewhere.verifyPassword(ana, 'secret-1')).kind, 'in');
});

test('the same mark counts once, of the last eight; success forgets; everything ends by itself', async () => {
  const client = await connected();
  const counts = new RedisTryCounts(client, 'two:');
  const add = async (mark?: string) =>
    counts.add('k', { atMs: 5, keepMs: 60_000, ...(mark !== undefined && { mark }) });
  for (const mark of ['a', 'a', 'b', 'a', 'b']) await add(mark);
  assert.deepEqual(await counts.look(['k', 'other']), [
    { count: 2, lastAtMs: 5 },
    { count: 0, lastAtMs: 0 },
  ]);
  for (const mark of ['c', 'd', 'e', 'f', 'g', 'h', 'i', 'a']) await add(mark);
  assert.equal((await counts.look(['k']))[0]?.count, 10, '"a" was pushed out by then');
  await add();
  await add();
  assert.equal((await counts.look(['k']))[0]?.count, 12, 'without a mark it always counts');
  const leftMs = await client.pttl('two:k');
  assert.ok(leftMs > 0 && leftMs <= 60_000);
  await counts.forget('k');
  assert.equal((await counts.look(['k']))[0]?.count, 0);
  await client.set('two:odd', 'not a hash of ours');
  await assert.rejects(counts.look(['odd']), 'and shared-try-counts.ts goes on without');
});

test('Redis silent or gone: logins go on within a second, counted by this process', async () => {
  const told: unknown[] = [];
  await using made = await makeLogins({
    redis: await connected(),
    redisPrefix: 'three:',
    onTrouble: (what) => told.push(what),
  });
  await made.book.addAccount({ address: ana, password: 'secret-1' });
  redis.freeze();
  const startMs = performance.now();
  const owner = made.logins.credentialsFor(from('192.0.2.7'));
  assert.equal((await owner.verifyPassword(ana, 'secret-1')).kind, 'in');
  assert.ok(performance.now() - startMs < 2000);
  assert.equal(told.length, 1);
  await redis.kill();
  const guesser = made.logins.credentialsFor(from('198.51.100.9'));
  for (let index = 0; index < 5; index += 1)
    assert.equal((await guesser.verifyPassword(ana, `guess-${index}`)).kind, 'refused');
  assert.equal((await guesser.verifyPassword(ana, 'secret-1')).kind, 'wait');
  await redis.restart();
});
