// Lists that are not well: dead, wild, closed, refusing us, and back again.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { startZoneServer } from '@restante/dns';
import type { Zone } from '@restante/dns';
import { until } from '../../../test/kit/until.ts';
import { addressList, domainList, startLists, zone } from './list-kit.ts';
import type { Kit } from './list-kit.ts';

const only = { lists: [addressList] } as const;

async function problemWith(broken: Zone, ask = '192.0.2.66'): Promise<string> {
  await using server = await startZoneServer({ zone: broken });
  await using kit = await startLists(server, only);
  assert.deepEqual(await kit.lists.address(ask), []);
  await until(() => stateOf(kit) === 'off', { what: 'the list is off' });
  const event = kit.events.find(({ name }) => name === 'list.switched-off');
  const problem = kit.lists.health()[0]?.problem ?? '';
  assert.deepEqual(event, { name: 'list.switched-off', zone: 'bl.example', problem });
  const before = server.questions;
  assert.deepEqual(await kit.lists.address('192.0.2.7'), []);
  assert.equal(server.questions, before, 'what is off is not asked');
  return problem;
}

const stateOf = (kit: Kit) => kit.lists.health()[0]?.state;
const world = { '*.bl.example': { A: ['127.0.0.2'] } };

describe('lists that are not well', () => {
  test('one that lists the world is switched off, and its first hit counts for nothing (RFC 5782 §5)', async () => {
    assert.match(await problemWith(world), /whole world/);
  });

  test('one without its test entry is switched off (RFC 5782 §5)', async () => {
    assert.match(
      await problemWith({ '66.2.0.192.bl.example': { A: ['127.0.0.2'] } }),
      /test entry/,
    );
  });

  test('one whose domain was given up answers with the address of a shop and is switched off', async () => {
    assert.match(await problemWith({ '*.bl.example': { A: ['203.0.113.9'] } }), /given up/);
  });

  test('one that does not serve public resolvers is switched off, and says what to do', async () => {
    const problem = await problemWith({ '*.bl.example': { A: ['127.255.255.254'] } });
    assert.match(problem, /resolver of its own/);
  });

  test('SERVFAIL is no hit, is counted, and switches off', async () => {
    await using server = await startZoneServer({
      zone,
      failing: ['2.0.0.127.bl.example', '66.2.0.192.bl.example'],
    });
    await using kit = await startLists(server, only);
    assert.deepEqual(await kit.lists.address('192.0.2.66'), []);
    await until(() => stateOf(kit) === 'off', { what: 'the list is off' });
    assert.ok(kit.names().includes('list.unanswered'));
    assert.match(kit.lists.health()[0]?.problem ?? '', /does not answer \(ESERVFAIL\)/);
  });

  test('one that begins to refuse us is switched off by the first such answer', async () => {
    await using server = await startZoneServer({ zone, ttlSeconds: 0 });
    await using kit = await startLists(server, only);
    await kit.lists.checkHealth();
    server.setZone({ '*.bl.example': { A: ['127.255.255.255'] } });
    assert.deepEqual(await kit.lists.address('192.0.2.66'), []);
    assert.equal(stateOf(kit), 'off');
  });

  test('one that begins to list the world is found out by its first hit a minute later', async () => {
    await using server = await startZoneServer({ zone, ttlSeconds: 0 });
    let aheadMs = 0;
    const { systemClock } = await import('@restante/runtime');
    const clock = { ...systemClock, monotonicMs: () => performance.now() + aheadMs };
    await using kit = await startLists(server, { ...only, clock });
    await kit.lists.checkHealth();
    server.setZone(world);
    aheadMs = 61_000;
    assert.deepEqual(await kit.lists.address('192.0.2.1'), []);
    assert.equal(stateOf(kit), 'off');
  });

  test('a list that is well again comes back by itself, with an event', async () => {
    await using server = await startZoneServer({ zone: {}, ttlSeconds: 0 });
    await using kit = await startLists(server, { ...only, healthEveryMs: 20 });
    await until(() => stateOf(kit) === 'off', { what: 'the list is off' });
    server.setZone(zone);
    await until(() => stateOf(kit) === 'well', { what: 'the list is well' });
    assert.equal((await kit.lists.address('192.0.2.66')).length, 1);
    assert.deepEqual(kit.names(), ['list.switched-off', 'list.switched-on', 'list.hit']);
  });

  test('a list that is known to have closed is never asked', async () => {
    await using server = await startZoneServer({ zone: { '*.ordb.org': { A: ['127.0.0.2'] } } });
    const lists = [{ ...addressList, zone: 'relays.ordb.org' }];
    await using kit = await startLists(server, { lists });
    assert.deepEqual(await kit.lists.address('192.0.2.66'), []);
    assert.match((await kit.lists.checkHealth())[0]?.problem ?? '', /2006/);
    assert.equal(server.questions, 0);
  });

  test('a list of domains has TEST and not INVALID; another test entry may be named', async () => {
    await using server = await startZoneServer({
      zone: { ...zone, 'dbltest.example.other.example': { A: ['127.0.1.2'] } },
    });
    const other = { ...domainList, zone: 'other.example' };
    await using kit = await startLists(server, {
      lists: [domainList, other, { ...other, testPoint: 'dbltest.example' }],
    });
    const states = (await kit.lists.checkHealth()).map(({ state }) => state);
    assert.deepEqual(states, ['well', 'off', 'well']);
  });
});

test('a list that begins to refuse us stays off, though its test points are remembered', async () => {
  await using server = await startZoneServer({ zone, ttlSeconds: 3600 });
  await using kit = await startLists(server, { ...only, healthEveryMs: 100 });
  await kit.lists.checkHealth();
  server.setZone({ '*.bl.example': { A: ['127.255.255.254'] } });
  await kit.lists.address('198.51.100.1');
  assert.equal(stateOf(kit), 'off');
  await kit.lists.checkHealth();
  assert.equal(stateOf(kit), 'off');
  assert.match(kit.lists.health()[0]?.problem ?? '', /resolver of its own/);
});

describe('a dead list', () => {
  test('costs nobody more than its budget, others answer beside it, and after a while it costs nothing', async () => {
    await using silence = await startSilence();
    await using server = await startZoneServer({ zone });
    await using kit = await startLists(server, only);
    await using dead = await startLists(silence, { ...only, budgetMs: 300 });
    const startedMs = performance.now();
    const [hits, none] = await Promise.all([
      kit.lists.address('192.0.2.66'),
      Promise.all(
        Array.from({ length: 300 }, async (_, at) => dead.lists.address(`198.51.100.${at % 256}`)),
      ),
    ]);
    const tookMs = performance.now() - startedMs;
    assert.equal(hits.length, 1);
    assert.ok(none.every((each) => each.length === 0));
    // The bound is the budget and 50 ms; two shared processors get some more.
    assert.ok(tookMs < 300 + 500, `took ${tookMs} ms`);
    await until(() => stateOf(dead) === 'off', { what: 'the list is off' });
    const afterMs = performance.now();
    assert.deepEqual(await dead.lists.address('198.51.100.7'), []);
    assert.ok(performance.now() - afterMs < 50);
    assert.ok(dead.resolver.stats.questions < 100, 'the resolver is not filled with its questions');
  });
});

test('a list that dies is switched off, though its test points are remembered, and stays off', async () => {
  const server = await startZoneServer({ zone, ttlSeconds: 3600 });
  await using kit = await startLists(server, { ...only, healthEveryMs: 100 });
  await kit.lists.checkHealth();
  assert.equal(stateOf(kit), 'well');
  await kit.lists.address('198.51.100.99');
  await server.close();
  for (let last = 1; last <= 5; last += 1) {
    await kit.lists.address(`198.51.100.${last}`);
    // Remembered answers in between are no sign of life.
    await kit.lists.address('198.51.100.99');
  }
  await until(() => stateOf(kit) === 'off', { what: 'the list is off' });
  // Several more looks at what is remembered.
  const offMs = performance.now();
  await until(() => performance.now() - offMs > 500, { what: 'half a second' });
  assert.equal(stateOf(kit), 'off');
  assert.deepEqual(
    kit.names().filter((name) => name.startsWith('list.switched')),
    ['list.switched-off'],
  );
});

/** A name server that hears and never answers. */
async function startSilence() {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, 'close');
    },
  };
}
