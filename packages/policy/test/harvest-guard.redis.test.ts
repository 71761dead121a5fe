// The guard against guessed addresses: alone, two nodes on one Redis, and Redis killed in the middle.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startRedis, type RedisServer } from '../../../test/kit/redis.ts';
import { until } from '../../../test/kit/until.ts';
import { createHarvestGuard, type HarvestBlock, type HarvestGuardOptions } from '../src/index.ts';
import { redisClients, type Clients } from './redis-client.ts';

let server: RedisServer;
let clients: Clients;

before(async () => {
  server = await startRedis({ args: ['--appendfsync', 'always'] });
  clients = redisClients(server.port);
});
after(async () => {
  await clients[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const clock = { now: () => Date.now() };

function guardOf(options: Partial<HarvestGuardOptions> = {}) {
  const begun: HarvestBlock[] = [];
  const guard = createHarvestGuard({
    unknownMax: 10,
    windowMs: 600_000,
    blockMs: 300_000,
    addressesRemembered: 10_000,
    site: 'us',
    clock,
    onBlock: (block) => void begun.push(block),
    ...options,
  });
  const note = (address: string, times: number) => {
    for (let index = 0; index < times; index += 1) guard.noteUnknown(address, clock.now());
  };
  return { guard, begun, note, judge: (address: string) => guard.judge(address, clock.now()) };
}

async function nodeOf(redisPrefix: string, options: Partial<HarvestGuardOptions> = {}) {
  return guardOf({ redis: await clients.connect(), redisPrefix, ...options });
}

const soon = { what: 'the other node knew', deadlineMs: 10_000, everyMs: 20 };

test('a node that counted some and a node that counted the rest block together, and both know at once', async () => {
  const here = await nodeOf('{together}:');
  const there = await nodeOf('{together}:');
  await using _here = here.guard;
  await using _there = there.guard;
  here.note('192.0.2.7', 6);
  there.note('192.0.2.7', 5);
  await until(() => here.judge('192.0.2.7') && there.judge('192.0.2.7'), soon);
  assert.equal(here.judge('192.0.2.7')?.code, 450);
  assert.equal(here.judge('192.0.2.8'), undefined, 'its neighbour');
  assert.ok(here.begun.length + there.begun.length >= 1, 'the other sites are told');

  assert.equal(there.guard.unblock('192.0.2.7'), true);
  await until(() => here.judge('192.0.2.7') === undefined, soon);
  // It begins at nothing again: one more unknown recipient blocks nobody.
  here.note('192.0.2.7', 5);
  await until(async () => (await countsIn('{together}:')) === 5, soon);
  assert.equal(here.judge('192.0.2.7'), undefined);
});

async function countsIn(prefix: string): Promise<number> {
  const redis = await clients.connect();
  const keys = await redis.keys(`${prefix}harvest:unknown:192.0.2.7 *`);
  const values = await Promise.all(keys.map(async (key) => Number(await redis.get(key))));
  return values.reduce((sum, value) => sum + value, 0);
}

test('a block survives the restart of a node, and of Redis', async () => {
  const first = await nodeOf('{restart}:');
  first.note('198.51.100.7', 10);
  first.guard.block({ subject: '203.0.113.0/24', untilMs: Date.now() + 200_000, from: 'shanghai' });
  await first.guard[Symbol.asyncDispose]();
  await server.restart();

  const again = await nodeOf('{restart}:');
  await using _again = again.guard;
  await until(() => again.judge('198.51.100.7') && again.judge('203.0.113.9'), soon);
  assert.deepEqual(
    again.guard.blocks(Date.now()).map(({ subject, from }) => [subject, from]),
    [
      ['198.51.100.7', undefined],
      ['203.0.113.0/24', 'shanghai'],
    ],
  );
  assert.deepEqual(again.begun, [], 'a block that is remembered is no new one');
});

test('Redis killed in the middle: each node guards alone, and what began meanwhile is told when it is back (law 3)', async () => {
  const states: boolean[] = [];
  const here = await nodeOf('{killed}:', { onRedis: (cause) => states.push(cause === undefined) });
  const there = await nodeOf('{killed}:');
  await using _here = here.guard;
  await using _there = there.guard;
  here.note('192.0.2.7', 3);
  await server.kill();
  here.note('192.0.2.7', 7);
  assert.equal(here.judge('192.0.2.7')?.code, 450);
  assert.equal(there.judge('192.0.2.7'), undefined);
  await until(() => states.length === 1, { ...soon, what: 'the outage was told' });
  await server.restart();
  await until(() => there.judge('192.0.2.7'), soon);
  assert.deepEqual(states, [false, true]);
});

test('a silent Redis holds up nobody', async () => {
  const { guard, note, judge } = await nodeOf('{silent}:');
  server.freeze();
  const began = performance.now();
  for (let index = 0; index < 10_000; index += 1) note(`10.0.${index >> 8}.${index & 255}`, 1);
  note('192.0.2.7', 10);
  assert.ok(judge('192.0.2.7'));
  assert.ok(performance.now() - began < 1000);
  server.thaw();
  await guard[Symbol.asyncDispose]();
});

test('what stands in Redis is not trusted to be ours', async () => {
  const redis = await clients.connect();
  await redis.call(
    'XADD',
    '{odd}:harvest:blocks',
    '*',
    'subject',
    'all the world',
    'until',
    '1e300',
  );
  await redis.call('XADD', '{odd}:harvest:blocks', '*', 'x', 'y');
  await redis.call('XADD', '{odd}:harvest:blocks', '*', 'subject', '192.0.2.1', 'until', '1e300');
  const { guard, judge } = await nodeOf('{odd}:');
  await using _guard = guard;
  await until(() => judge('192.0.2.1'), soon);
  const [block] = guard.blocks(Date.now());
  assert.equal(guard.blocks(Date.now()).length, 1);
  assert.ok((block?.untilMs ?? 0) <= Date.now() + 86_400_000, 'no block is longer than a day');
  await redis.set('{wrong}:harvest:blocks', 'a text');
  const wrong = await nodeOf('{wrong}:');
  wrong.note('192.0.2.7', 10);
  assert.ok(wrong.judge('192.0.2.7'));
  await wrong.guard[Symbol.asyncDispose]();
});
