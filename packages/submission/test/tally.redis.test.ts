// Send limits counted in a real Redis: nodes of a site together, and each alone while Redis is away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { systemClock } from '@restante/runtime';
import { startRedis } from '../../../test/kit/redis.ts';
import { createRedisSendTally } from '../src/index.ts';
import { createSendLimits } from '../src/send-limits.ts';

test('two nodes of a site count together; without Redis each counts alone (law 3)', async () => {
  await using server = await startRedis();
  const open = () => {
    const redis = new Redis(server.url, { enableOfflineQueue: false, lazyConnect: true });
    redis.on('error', () => undefined);
    return redis;
  };
  const connections = [open(), open()] as const;
  try {
    await Promise.all(connections.map((redis) => redis.connect()));
    const parts = { prefix: 'restante:', site: 'here', clock: systemClock };
    const [first, second] = connections.map((redis) => createRedisSendTally({ ...parts, redis }));
    assert.ok(first !== undefined && second !== undefined);
    await first.add('ana@x.test', 2);
    assert.equal((await second.add('ana@x.test', 3)).lastHour, 5);
    await first.noteCounts('us', [{ account: 'ana@x.test', hour: hourNow(), recipients: 10 }]);
    assert.equal((await second.add('ana@x.test', 0)).lastDay, 15);
    assert.deepEqual(await second.ownCounts(), [
      { account: 'ana@x.test', hour: hourNow(), recipients: 5 },
    ]);
    assert.equal((await second.add('ana@x.test', -3)).lastHour, 12);
    // Taken in one hour and given back in the next: that is no credit for a thief to send more.
    await first.add('bob@x.test', -100);
    assert.equal((await second.add('bob@x.test', 7)).lastHour, 7);
    server.freeze();
    assert.equal((await first.add('ana@x.test', 1)).lastHour, 13);
    server.thaw();
    await server.kill();
    assert.equal((await first.add('ana@x.test', 1)).lastHour, 14);
    assert.equal((await first.ownCounts())[0]?.recipients, 4);
  } finally {
    for (const redis of connections) redis.disconnect();
  }
});

test('a burst is counted by all nodes of a site, an hour by both sites, and the limits hold for all of them', async () => {
  await using here = await startRedis();
  await using there = await startRedis();
  const connections = [here, here, there].map(
    ({ url }) => new Redis(url, { enableOfflineQueue: false, lazyConnect: true }),
  );
  try {
    await Promise.all(connections.map((redis) => redis.connect()));
    const tallies = connections.map((redis, index) =>
      createRedisSendTally({
        redis,
        prefix: 'restante:',
        site: index < 2 ? 'here' : 'us',
        clock: systemClock,
      }),
    );
    const [first, second, abroad] = tallies;
    assert.ok(first !== undefined && second !== undefined && abroad !== undefined);
    const settings = { recipientsPerMinute: 10, recipientsPerHour: 20, recipientsPerDay: 1000 };
    const [one, two, far] = [first, second, abroad].map((tally) =>
      createSendLimits(tally, settings),
    );
    assert.equal(await one?.take('ana@x.test', 6), undefined);
    assert.equal(await two?.take('ana@x.test', 4), undefined);
    const burst = await Promise.all([one?.take('ana@x.test', 1), two?.take('ana@x.test', 1)]);
    for (const refusal of burst)
      assert.match(refusal?.text ?? '', /1\d recipients in the last minute/);
    assert.equal((await first.add('ana@x.test', 0)).lastTenMinutes, 10, 'a refusal counts nothing');

    await abroad.noteCounts('here', await first.ownCounts());
    assert.equal(await far?.take('ana@x.test', 10), undefined);
    await first.noteCounts('us', await abroad.ownCounts());
    const loose = createSendLimits(first, { recipientsPerHour: 20, recipientsPerDay: 1000 });
    assert.match(
      (await loose.judge('ana@x.test', 1))?.text ?? '',
      /20 recipients in the last hour/,
    );
    assert.match((await far?.judge('ana@x.test', 1))?.text ?? '', /in the last (hour|minute)/);
    await connections[0]?.flushall();
    assert.equal((await first.add('ana@x.test', 0)).lastHour, 16, 'its own six and the other site');
    // A key of the wrong kind is somebody's mistake, not the end of sending (threat 31).
    await connections[0]?.set('restante:burst:bob@x.test', 'nonsense');
    assert.equal((await first.add('bob@x.test', 3)).lastMinute, 3);
  } finally {
    for (const redis of connections) redis.disconnect();
  }
});

function hourNow(): number {
  return Math.floor(Date.now() / 3_600_000);
}
