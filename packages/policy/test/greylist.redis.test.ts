// Greylisting over a real Redis.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startRedis, type RedisServer } from '../../../test/kit/redis.ts';
import { createGreylist, type GreylistEvent } from '../src/index.ts';
import { redisClients, type Clients } from './redis-client.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const startMs = 1_800_000_000_000;
let server: RedisServer;
let clients: Clients;

before(async () => {
  server = await startRedis();
  clients = redisClients(server.port);
});
after(async () => {
  await clients[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function open(redisPrefix: string) {
  const events: GreylistEvent['outcome'][] = [];
  const greylist = createGreylist({
    redis: await clients.connect(),
    redisPrefix,
    onEvent: ({ outcome }) => events.push(outcome),
  });
  const ask = async (
    minutes: number,
    {
      from = 'ana@a.test',
      to = 'bo@b.test',
      at = '192.0.2.1',
    }: { from?: string; to?: string; at?: string } = {},
  ) =>
    greylist.judge({
      clientAddress: at,
      sender: from,
      recipient: to,
      nowMs: startMs + minutes * minuteMs,
    });
  return { ask, events };
}

const pass = { kind: 'pass' };

test('a server that comes back after the delay passes, and its network is known from then on', async () => {
  const { ask, events } = await open('{one}:');
  assert.deepEqual(await ask(0), { kind: 'wait', ms: 5 * minuteMs });
  assert.deepEqual(await ask(2), { kind: 'wait', ms: 3 * minuteMs });
  assert.deepEqual(await ask(5), pass);
  assert.deepEqual(
    await ask(6, { from: 'new@c.test', to: 'other@b.test', at: '192.0.2.200' }),
    pass,
  );
  assert.deepEqual(await ask(6, { at: '192.0.3.1' }), { kind: 'wait', ms: 5 * minuteMs });
  assert.deepEqual(events, ['wait', 'wait', 'came-back', 'known', 'wait']);
});

test('what one node of a site has seen, the other knows', async () => {
  const here = await open('{two}:');
  const there = await open('{two}:');
  await here.ask(0, { at: '2001:db8:1:2::1' });
  assert.deepEqual(await there.ask(5, { at: '2001:db8:1:2:ffff::9' }), pass);
  assert.deepEqual(await here.ask(6, { at: '2001:db8:1:2::1', from: 'x@y.test' }), pass);
  assert.equal((await here.ask(6, { at: '2001:db8:1:3::1' })).kind, 'wait');
});

test('the second try of one mailing is the second try, whatever it signs its sender with', async () => {
  const { ask } = await open('{three}:');
  await ask(0, { from: 'bounce+1-ana=b.test@lists.test', to: 'Ana@b.test' });
  assert.deepEqual(
    await ask(5, { from: 'bounce+2-ana=b.test@lists.test', to: 'ana@b.test' }),
    pass,
  );
});

test('a network that never comes back does not fill Redis with its tries, and who comes back is let in', async () => {
  const { ask } = await open('{flood}:');
  const redis = await clients.connect();
  for (let count = 0; count < 1500; count += 1)
    assert.equal((await ask(0, { to: `p${count}@b.test` })).kind, 'wait');
  const keys = await redis.keys('{flood}:*');
  assert.ok(keys.length <= 1002, `${keys.length} keys`);
  const neighbour = { at: '192.0.2.99', to: 'late@b.test' };
  assert.equal((await ask(1, neighbour)).kind, 'wait', 'its own try is remembered');
  assert.equal((await ask(5, neighbour)).kind, 'wait');
  assert.deepEqual(await ask(6, neighbour), pass);
  assert.deepEqual(await ask(6, { to: 'p1499@b.test' }), pass);
});

test('every key ends by itself, and holds no address', async () => {
  const { ask } = await open('{four}:');
  const redis = await clients.connect();
  await ask(0);
  await ask(0, { at: '198.51.100.1' });
  await ask(5);
  const keys = await redis.keys('{four}:*');
  assert.equal(keys.length, 3);
  for (const key of keys) {
    const leftMs = await redis.pttl(key);
    assert.ok(leftMs > 0 && leftMs <= (key.includes('known') ? 35 * dayMs : dayMs), key);
    assert.doesNotMatch(key, /@/);
  }
});

test('what stands in a key is not trusted, and a clock that is set back makes nobody wait longer', async () => {
  const { ask } = await open('{five}:');
  const redis = await clients.connect();
  await ask(0);
  const [key = ''] = await redis.keys('{five}:*first*');
  await redis.set(key, 'not a time');
  const [tries = ''] = await redis.keys('{five}:*tries*');
  await redis.set(tries, 'not a number');
  assert.deepEqual(await ask(1), { kind: 'wait', ms: 5 * minuteMs });
  assert.deepEqual(await ask(-60), { kind: 'wait', ms: 5 * minuteMs });
  assert.deepEqual(await ask(-55), pass);
});

test('without Redis nobody waits, a silent one costs its budget once a second, and it goes on when it is back (law 3)', async () => {
  const { ask, events } = await open('{six}:');
  assert.equal((await ask(0)).kind, 'wait');
  server.freeze();
  const began = performance.now();
  assert.deepEqual(await ask(1), pass);
  for (let index = 0; index < 100; index += 1) assert.deepEqual(await ask(1), pass);
  assert.ok(performance.now() - began < 1000, `${performance.now() - began} ms`);
  server.thaw();
  await server.kill();
  assert.deepEqual(await ask(2), pass);
  assert.equal(new Set(events.slice(1)).size, 1);
  assert.equal(events.at(-1), 'unavailable');
  await server.restart();
});
