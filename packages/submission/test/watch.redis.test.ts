// Two nodes of a site see the same thief, through a real Redis; one that is emptied or holds nonsense stops nobody's mail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { systemClock } from '@restante/runtime';
import { startRedis } from '../../../test/kit/redis.ts';
import { createSendingWatch, type Suspicion } from '../src/index.ts';
import { watchSettings } from './watched-site.ts';

const account = 'ana@here.test';

test('what two nodes see of an account counts together, and outlives an empty Redis', async () => {
  await using server = await startRedis();
  const connections = [1, 2].map(
    () => new Redis(server.url, { enableOfflineQueue: false, lazyConnect: true }),
  );
  const suspicions: Suspicion[] = [];
  const troubles: string[] = [];
  try {
    await Promise.all(connections.map((redis) => redis.connect()));
    const [first, second] = connections.map((redis) =>
      createSendingWatch({
        settings: watchSettings,
        clock: systemClock,
        redis,
        redisPrefix: 'restante:here:',
        onSuspicion: (suspicion) => void suspicions.push(suspicion),
        onTrouble: (what) => void troubles.push(what),
      }),
    );
    assert.ok(first !== undefined && second !== undefined);
    for (let index = 0; index < 60; index += 1) {
      const clientAddress = `192.${index % 4}.2.1`;
      const facts = {
        id: `m${index}`,
        account,
        clientAddress,
        helo: 'x',
        recipients: [`v${index}@far.test`],
      };
      (index % 2 === 0 ? first : second).note(facts);
    }
    await Promise.all([first.settled(), second.settled()]);
    const { findings } = await first.explain(account);
    assert.deepEqual(
      findings.map(({ says }) => says),
      ['4 networks at the same time', '60 of 60 recipients it never wrote to before'],
    );
    assert.ok(((await connections[0]?.ttl('restante:here:sending:ana@here.test')) ?? 0) > 3_000);

    await connections[0]?.flushall();
    // Its own thirty, and its own two networks.
    assert.deepEqual((await first.explain(account)).findings, []);
    for (let times = 0; times < 3; times += 1) second.noteSpam(account);
    await second.settled();
    assert.equal(suspicions.at(-1)?.action, 'suspend');

    await connections[0]?.set('restante:here:sending:bob@here.test', 'nonsense');
    first.note({
      id: 'b',
      account: 'bob@here.test',
      clientAddress: '192.0.2.1',
      helo: 'x',
      recipients: [],
    });
    await first.settled();
    assert.deepEqual(troubles, ['Unusual sending is counted by this process alone.']);
    await Promise.all([first, second].map(async (watch) => watch[Symbol.asyncDispose]()));
  } finally {
    for (const redis of connections) redis.disconnect();
  }
});
