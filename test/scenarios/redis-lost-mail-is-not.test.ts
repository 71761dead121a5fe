// Law 1: the spool is the truth, Redis is the timetable. Whatever happens to Redis costs delay, never mail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { startCluster, type Cluster } from '../kit/cluster.ts';
import { numberedLetter, sendLetter } from '../kit/dialogue.ts';
import { until } from '../kit/until.ts';

test('accepting never stops while Redis is dead, and the mail is home within a minute of its return, from an empty Redis', async () => {
  await using cluster = await startCluster();
  const to = cluster.accountAt('shanghai');
  await cluster.killRedis('shanghai');
  for (let number = 0; number < 50; number += 1) await accepted(cluster, to, number);
  assert.equal((await cluster.maildirs('shanghai')).length, 0);

  await cluster.startRedis('shanghai', { wiped: true });
  await home(cluster, 50);
});

test('FLUSHALL while mail waits for a home that is away: the timetable is back, every letter arrives once', async () => {
  await using cluster = await startCluster();
  const to = cluster.accountAt('shanghai');
  await cluster.kill('shanghai');
  await until(async () => (await cluster.peerState('us', 'shanghai')) === 'down', {
    what: 'the backup sees the home is down',
    deadlineMs: 90_000,
  });
  for (let number = 0; number < 50; number += 1) await accepted(cluster, to, number, 'us');
  await flush(cluster, 'us');
  for (let number = 50; number < 60; number += 1) await accepted(cluster, to, number, 'us');
  await flush(cluster, 'us');

  await cluster.start('shanghai');
  await home(cluster, 60);
  await flush(cluster, 'us');
  assert.equal(await cluster.waiting('us'), 0);
});

test('a Redis that may evict jobs is refused with the command that mends it', async () => {
  await using cluster = await startCluster();
  await cluster.kill('us');
  const redis = new Redis(`redis://${cluster.site('us').redis}`);
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  redis.disconnect();
  const { code, stderr } = await cluster.runStart('us');
  assert.equal(code, 1);
  assert.match(stderr, /CONFIG SET maxmemory-policy noeviction/);
});

async function accepted(
  cluster: Cluster,
  to: string,
  number: number,
  site = 'shanghai',
): Promise<void> {
  const reply = await sendLetter(
    cluster.site(site).smtp,
    numberedLetter(number, { from: 'x@stranger.test', to }),
  );
  assert.equal(reply.code, 250, reply.text);
}

async function flush(cluster: Cluster, site: string): Promise<void> {
  const redis = new Redis(`redis://${cluster.site(site).redis}`);
  await redis.flushall();
  redis.disconnect();
}

async function home(cluster: Cluster, count: number): Promise<void> {
  await until(async () => (await cluster.maildirs('shanghai')).length >= count, {
    what: `${count} letters are home`,
    deadlineMs: 60_000,
    everyMs: 200,
  });
  const numbers = (await cluster.maildirs('shanghai')).map((mail) => mail.header('X-Number'));
  assert.equal(numbers.length, count);
  assert.equal(new Set(numbers).size, count, 'each once');
}
