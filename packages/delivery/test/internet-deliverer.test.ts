// MX routing over real sockets, with a zone in memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInternetDeliverer } from '@restante/delivery';
import type { InternetDelivererOptions, MxResolver } from '@restante/delivery';
import { startScriptedServer } from '@restante/smtp/testing';
import { messageFor, never, takeMessages } from './sample.ts';

const mx: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  'one.test': [[10, 'good.test']],
  'two.test': [
    [10, 'bad.test'],
    [20, 'good.test'],
  ],
  'three.test': [[10, 'bad.test']],
  'null.test': [[0, '']],
};
// All of 127.0.0.0/8 is loopback: different hosts on one port.
const addresses: Readonly<Record<string, string>> = {
  'good.test': '127.0.0.1',
  'bad.test': '127.0.0.2',
};

const resolver: MxResolver = {
  async resolve(name) {
    const found = mx[name];
    if (found === undefined)
      throw Object.assign(new Error(name), {
        code: name.startsWith('slow') ? 'ETIMEOUT' : 'ENOTFOUND',
      });
    return found.map(([priority, exchange]) => ({ priority, exchange }));
  },
  async lookup(host) {
    return [{ address: addresses[host] ?? '127.0.0.3' }];
  },
};

function delivererTo(port: number, more: Partial<InternetDelivererOptions> = {}) {
  return createInternetDeliverer({
    resolver,
    helo: 'us.test',
    port,
    allowPrivateAddresses: true,
    ...more,
  });
}

test('recipients go to the servers of their domains; the next server is tried when one gives no session', async () => {
  const messages: number[] = [];
  await using server = await startScriptedServer((peer) =>
    takeMessages(peer, { onMessage: (recipients) => void messages.push(recipients.length) }),
  );
  await using deliverer = delivererTo(server.port);
  const recipients = [
    'a@one.test',
    'b@one.test',
    'c@two.test',
    'd@three.test',
    'e@null.test',
    'f@gone.test',
    'g@slow.test',
  ];
  const outcomes = await deliverer.attempt(messageFor(recipients), never);
  const short = outcomes.map(
    ({ recipient, outcome }) => `${recipient} ${outcome.kind} ${outcome.reply.enhanced}`,
  );
  assert.deepEqual(short.toSorted(), [
    'a@one.test delivered 2.0.0',
    'b@one.test delivered 2.0.0',
    'c@two.test delivered 2.0.0',
    'd@three.test deferred 4.4.1',
    'e@null.test rejected 5.1.10',
    'f@gone.test rejected 5.1.2',
    'g@slow.test deferred 4.4.3',
  ]);
  assert.deepEqual(
    messages.toSorted((a, b) => a - b),
    [1, 2],
  );
  const delivered = outcomes.find(({ recipient }) => recipient === 'c@two.test');
  assert.equal(delivered?.outcome.kind === 'delivered' && delivered.outcome.by, 'good.test');
});

test('who answers RCPT has answered: the next server is not asked (RFC 5321 §5.1)', async () => {
  await using server = await startScriptedServer((peer) =>
    takeMessages(peer, { judge: () => '550 5.1.1 nobody' }),
  );
  await using deliverer = delivererTo(server.port, {
    resolver: { ...resolver, lookup: async () => [{ address: '127.0.0.1' }] },
  });
  const [only] = await deliverer.attempt(messageFor(['c@two.test']), never);
  assert.equal(only?.outcome.kind, 'rejected');
  assert.equal(server.connections, 1);
});

test('a greeting of 554 defers, whatever it says about us', async () => {
  await using server = await startScriptedServer(async (peer) =>
    peer.says('554 5.7.1 we do not like you'),
  );
  await using deliverer = delivererTo(server.port);
  const [only] = await deliverer.attempt(messageFor(['a@one.test']), never);
  assert.equal(only?.outcome.kind, 'deferred');
  assert.equal(only?.outcome.reply.code, 451);
});

test('without permission nothing connects to loopback', async () => {
  await using server = await startScriptedServer((peer) => takeMessages(peer));
  await using deliverer = delivererTo(server.port, { allowPrivateAddresses: false });
  const [only] = await deliverer.attempt(messageFor(['a@one.test']), never);
  assert.equal(only?.outcome.reply.enhanced, '5.4.4');
  assert.equal(server.connections, 0);
});

test('connections to one domain stay within their limit', async () => {
  await using server = await startScriptedServer((peer) => takeMessages(peer));
  await using deliverer = delivererTo(server.port, { connectionsMax: 2 });
  const all = await Promise.all(
    Array.from({ length: 30 }, () => deliverer.attempt(messageFor(['a@one.test']), never)),
  );
  assert.ok(all.every(([one]) => one?.outcome.kind === 'delivered'));
  assert.ok(server.connections <= 2);
});
