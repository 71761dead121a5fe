// The resolver against servers that are silent, slow, failing or short of space. Needs sockets on loopback.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { Packet } from 'dns2';
import { startZoneServer } from '../src/index.ts';
import { listenOnBoth } from '../src/listen-on-both.ts';
import { address, late, startFaultyServer } from './faulty-server.ts';
import type { Behaviour } from './faulty-server.ts';
import { against, resolverFor, zone } from './resolver-kit.ts';

test('a lost packet is sent again; silence ends as ETIMEOUT', async () => {
  await against(
    (asked) =>
      asked.before === 0
        ? []
        : [asked.reply((packet) => packet.answers.push(address(asked, '192.0.2.1')))],
    async ({ resolver, server }) => {
      assert.deepEqual(await resolver.resolve('a.example', 'A'), ['192.0.2.1']);
      assert.equal(server.asked.length, 2);
    },
  );
  await against(
    () => [],
    async ({ resolver, server }) => {
      await assert.rejects(resolver.resolve('a.example', 'A'), {
        code: 'ETIMEOUT',
        isTransient: true,
      });
      assert.equal(server.asked.length, 2, 'one retry');
    },
  );
});

test('the deadline ends a question whatever the retries say', async () => {
  await against(
    () => [],
    async ({ resolver }) => {
      const startedMs = performance.now();
      await assert.rejects(resolver.resolve('a.example', 'A'), { code: 'ETIMEOUT' });
      assert.ok(performance.now() - startedMs < 2000);
    },
    { retries: 50, deadlineMs: 300 },
  );
});

test('a server that is silent or fails is passed over, and the good one is asked first from then on', async () => {
  await using silent = await startFaultyServer(() => []);
  await using failing = await startFaultyServer(({ reply }) => [
    reply((packet) => {
      packet.header.rcode = Packet.RCODE.SERVFAIL;
    }),
  ]);
  await using good = await startZoneServer({ zone });
  await using resolver = resolverFor([silent, failing, good]);
  await resolver.resolve('a.example', 'MX');
  await resolver.resolve('a.example', 'TXT');
  assert.equal(silent.asked.length, 1);
  assert.equal(failing.asked.length, 1);
  assert.equal(good.questions, 2);
});

test('SERVFAIL and REFUSED of every server are not "there is nothing"', async () => {
  for (const [rcode, code] of [
    [2, 'ESERVFAIL'],
    [5, 'EREFUSED'],
    [4, 'ENOTIMP'],
  ] as const) {
    await against(
      ({ reply }) => [
        reply((packet) => {
          packet.header.rcode = rcode;
        }),
      ],
      async ({ resolver, server }) => {
        await assert.rejects(resolver.resolve('a.example', 'MX'), { code, isTransient: true });
        assert.equal(server.asked.length, 1, 'an answer is not asked for twice');
      },
    );
  }
});

test('nobody listens: ECONNREFUSED, at once', async () => {
  await using resolver = resolverFor([{ address: '127.0.0.1:1' }], { timeoutMs: 5000 });
  const startedMs = performance.now();
  await assert.rejects(resolver.resolve('a.example', 'A'), {
    code: 'ECONNREFUSED',
    isTransient: true,
  });
  assert.ok(performance.now() - startedMs < 2000);
});

test('a truncated answer is asked for over TCP (RFC 7766 §5)', async () => {
  const long = Array.from({ length: 40 }, (_, index) => [`${index} ${'x'.repeat(200)}`]);
  await using server = await startZoneServer({ zone: { 'long.example': { TXT: long } } });
  await using resolver = resolverFor([server]);
  assert.equal((await resolver.resolve('long.example', 'TXT')).length, 40);
  assert.equal(resolver.stats.overTcp, 1);
});

test('TCP has a hard end too: a server that accepts and trickles is ETIMEOUT', async () => {
  const { udp, tcp, port } = await listenOnBoth('127.0.0.1', 0);
  const sockets: Socket[] = [];
  udp.on('request', (request, send) => {
    const response = Packet.createResponseFromRequest(request);
    response.header.tc = 1;
    void send(response);
  });
  tcp.on('connection', (socket: Socket) => {
    sockets.push(socket);
    const timer = setInterval(() => socket.write(Buffer.from([0])), 50);
    socket.on('close', () => clearInterval(timer));
  });
  tcp.on('requestError', () => undefined);
  await using resolver = resolverFor([{ address: `127.0.0.1:${port}` }], { retries: 0 });
  await assert.rejects(resolver.resolve('a.example', 'A'), { code: 'ETIMEOUT' });
  assert.equal(sockets.length, 1);
  for (const socket of sockets) socket.destroy();
  udp.close();
  tcp.close();
});

test('a server that does not know EDNS is asked without it (RFC 6891 §6.2.2)', async () => {
  const behave: Behaviour = (asked) => [
    asked.reply((packet) => {
      if (asked.request.additionals.length > 0) packet.header.rcode = Packet.RCODE.FORMERR;
      else packet.answers.push(address(asked, '192.0.2.1'));
    }),
  ];
  await against(behave, async ({ resolver, server }) => {
    assert.deepEqual(await resolver.resolve('a.example', 'A'), ['192.0.2.1']);
    await resolver.resolve('b.example', 'A');
    assert.deepEqual(
      server.asked.map(({ hasEdns }) => hasEdns),
      [true, false, false],
    );
  });
});

test('stop ends what is open with ECANCELLED and refuses what is new', async () => {
  await using server = await startFaultyServer(async ({ reply }) => [await late(reply(), 500)]);
  const resolver = resolverFor([server], { timeoutMs: 5000 });
  const open = assert.rejects(resolver.resolve('a.example', 'A'), { code: 'ECANCELLED' });
  await resolver.stop();
  await open;
  await assert.rejects(resolver.resolve('b.example', 'A'), { code: 'ECANCELLED' });
});
