// Cluster and Sentinel URLs, each with real servers: the smallest cluster is one server that owns every slot.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startRedis } from '../../../test/kit/redis.ts';
import type { RedisServer } from '../../../test/kit/redis.ts';
import { connectRaw, eventually, idsOf, newIds, openQueue } from './kit.ts';
import type { OpenQueue } from './kit.ts';

async function worksAsEver({ queue, backs }: OpenQueue): Promise<void> {
  const route = 'peer:us' as const;
  const ids = newIds(300);
  const seen = new Set<string>();
  await queue.pause(route);
  await queue.schedule(
    ids.map((id, index) => ({ id, route, delayMs: index < 100 ? 3_600_000 : 0 })),
  );
  assert.deepEqual((await idsOf(queue, route)).sort(), ids);
  assert.equal(await queue.promoteAll(route), 100);
  assert.equal(await queue.repair(route), 0);
  queue.work(route, {
    concurrency: 10,
    retryAfterFaultMs: 50,
    async handle({ id }) {
      seen.add(id);
      return { kind: 'done' };
    },
  });
  await queue.unpause(route);
  await eventually(() => seen.size === 300);
  assert.equal(backs(), 1);
}

test('a Redis Cluster keeps the timetable, all of a site in one slot', async () => {
  await using redis = await startRedis({
    args: ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'],
  });
  using raw = connectRaw(redis);
  await raw.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  await eventually(async () => /cluster_state:ok/.test(String(await raw.call('CLUSTER', 'INFO'))));
  await using open = await openQueue({ url: `redis+cluster://127.0.0.1:${redis.port}` });
  await worksAsEver(open);
});

test('Sentinel names the master, and after a failover the timetable is on the new one', async () => {
  await using first = await startRedis();
  await using second = await startRedis({ args: ['--replicaof', '127.0.0.1', String(first.port)] });
  await using sentinel = await startSentinel(first);
  const url = `redis+sentinel://127.0.0.1:${sentinel.port}/mail`;
  await using open = await openQueue({ url });
  await worksAsEver(open);

  using raw = connectRaw(second);
  using asked = connectRaw(sentinel);
  await eventually(async () =>
    /num-slaves,1/.test(String(await asked.call('SENTINEL', 'MASTER', 'mail'))),
  );
  await first.kill();
  await eventually(async () => /role:master/.test(await raw.info('replication')), 30_000);
  await eventually(() => open.queue.isReachable && open.backs() >= 2, 30_000);
  await open.queue.schedule([{ id: newIds(1)[0] ?? '', route: 'local', delayMs: 0 }]);
  assert.equal((await open.queue.counts('local')).waiting, 1);
});

async function startSentinel(master: RedisServer): Promise<RedisServer> {
  const conf = join(master.dir, 'sentinel.conf');
  const lines = [
    `sentinel monitor mail 127.0.0.1 ${master.port} 1`,
    'sentinel down-after-milliseconds mail 500',
    'sentinel failover-timeout mail 3000',
  ];
  await writeFile(conf, `${lines.join('\n')}\n`);
  return startRedis({ sentinelConf: conf });
}
