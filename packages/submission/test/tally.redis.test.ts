// Send limits counted in a real Redis: nodes of a site together, and each alone while Redis is away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { systemClock } from '@restante/runtime';
import { startRedis } from '../../../test/kit/redis.ts';
import { createRedisSendTally } from '../src/index.ts';

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

function hourNow(): number {
  return Math.floor(Date.now() / 3_600_000);
}
