// What the resolver answers, remembers and shares, against name servers that behave. Needs sockets on loopback.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Packet } from 'dns2';
import { startZoneServer } from '../src/index.ts';
import { soa } from './faulty-server.ts';
import type { Behaviour } from './faulty-server.ts';
import { against, handClock, resolverFor, zone } from './resolver-kit.ts';

test('every type comes in the shape of node:dns.promises, names in lower case', async () => {
  await using server = await startZoneServer({ zone });
  await using resolver = resolverFor([server]);
  assert.deepEqual(await resolver.resolve('A.Example.', 'MX'), [
    { priority: 10, exchange: 'mx1.a.example' },
    { priority: 20, exchange: 'mx2.a.example' },
  ]);
  assert.deepEqual(await resolver.resolve('a.example', 'TXT'), [['v=spf1 ', '-all'], ['second']]);
  assert.deepEqual(await resolver.resolve('a.example', 'NS'), ['ns.a.example']);
  assert.deepEqual(await resolver.resolve('a.example', 'CAA'), [
    { critical: 0, issue: 'ca.example' },
  ]);
  assert.equal((await resolver.resolve('a.example', 'SOA')).serial, 7);
  assert.deepEqual(await resolver.resolve('alias.example', 'CNAME'), ['hop.example']);
  assert.deepEqual(await resolver.resolve('_submission._tcp.a.example', 'SRV'), [
    { priority: 1, weight: 2, port: 587, name: 'mail.a.example' },
  ]);
  const [tlsa] = await resolver.resolve('_25._tcp.mx1.a.example', 'TLSA');
  assert.deepEqual(
    [
      tlsa?.certUsage,
      tlsa?.selector,
      tlsa?.match,
      [...new Uint8Array(tlsa?.data ?? new ArrayBuffer(0))],
    ],
    [3, 1, 1, [1, 2, 3]],
  );
  assert.deepEqual(await resolver.reverse('192.0.2.1'), ['mx1.a.example']);
  assert.deepEqual(await resolver.reverse('::ffff:192.0.2.1'), ['mx1.a.example']);
  assert.deepEqual(await resolver.reverse('2001:db8::1'), ['mx1.a.example']);
  assert.deepEqual(await resolver.resolve('x.wild.example', 'A'), ['192.0.2.9']);
  assert.deepEqual(await resolver.resolve('münchen.example', 'A'), ['192.0.2.5']);
  assert.deepEqual(
    await resolver.resolve('no-mail.example', 'MX'),
    [{ priority: 0, exchange: '' }],
    'null MX, RFC 7505',
  );
});

test('lookup gives both families, follows aliases, and takes an address as its own answer', async () => {
  await using server = await startZoneServer({ zone });
  await using resolver = resolverFor([server]);
  assert.deepEqual(await resolver.lookup('alias.example'), [
    { address: '2001:db8::1', family: 6 },
    { address: '192.0.2.1', family: 4 },
    { address: '192.0.2.2', family: 4 },
  ]);
  assert.deepEqual(await resolver.lookup('[2001:db8::7]'), [{ address: '2001:db8::7', family: 6 }]);
  assert.deepEqual(await resolver.lookup('localhost'), [
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ]);
  await assert.rejects(resolver.lookup('a.example'), { code: 'ENODATA' });
  await assert.rejects(resolver.lookup('none.example'), { code: 'ENOTFOUND' });
});

test('lookup says "could not find out" when one family failed and the other has nothing', async () => {
  const behave: Behaviour = ({ request, reply }) => [
    reply((packet) => {
      if (request.questions[0]?.type === Packet.TYPE.AAAA)
        packet.header.rcode = Packet.RCODE.SERVFAIL;
      else packet.authorities.push(soa(60, 60));
    }),
  ];
  await against(behave, async ({ resolver }) => {
    await assert.rejects(resolver.lookup('a.example'), { code: 'ESERVFAIL', isTransient: true });
  });
});

test('ENOTFOUND and ENODATA are answers, and remembered for as long as the SOA says (RFC 2308 §5)', async () => {
  const clock = handClock();
  const behave: Behaviour = ({ name, reply }) => [
    reply((packet) => {
      if (name === 'gone.example') packet.header.rcode = Packet.RCODE.NXDOMAIN;
      if (name !== 'bare.example') packet.authorities.push(soa(300, 20));
    }),
  ];
  await against(
    behave,
    async ({ resolver, server }) => {
      for (const [name, code] of [
        ['gone.example', 'ENOTFOUND'],
        ['empty.example', 'ENODATA'],
        ['bare.example', 'ENODATA'],
      ] as const) {
        await assert.rejects(resolver.resolve(name, 'A'), {
          name: 'DnsError',
          code,
          hostname: name,
          syscall: 'queryA',
          isTransient: false,
        });
        await assert.rejects(resolver.resolve(name, 'A'), { code });
      }
      assert.equal(server.asked.length, 4, 'without an SOA it is asked again');
      clock.nowMs = 20_001;
      await assert.rejects(resolver.resolve('gone.example', 'A'), { code: 'ENOTFOUND' });
      assert.equal(server.asked.length, 5);
    },
    { clock },
  );
});

test('an answer is remembered for its time to live and no longer, and the caller gets a copy', async () => {
  const clock = handClock();
  await using server = await startZoneServer({ zone, ttlSeconds: 30 });
  await using resolver = resolverFor([server], { clock });
  (await resolver.resolve('a.example', 'MX')).length = 0;
  assert.equal((await resolver.resolve('a.example', 'MX')).length, 2);
  assert.equal(server.questions, 1);
  clock.nowMs = 30_001;
  await resolver.resolve('a.example', 'MX');
  assert.equal(server.questions, 2);
  resolver.flush();
  await resolver.resolve('a.example', 'MX');
  assert.equal(server.questions, 3);
});

test('the memory has a limit; the oldest goes first', async () => {
  await using server = await startZoneServer({ zone });
  await using resolver = resolverFor([server], { cacheMax: 3 });
  for (const name of ['1', '2', '3', '4']) await resolver.resolve(`${name}.wild.example`, 'A');
  assert.equal(resolver.stats.cached, 3);
  await resolver.resolve('4.wild.example', 'A');
  assert.equal(server.questions, 4);
  await resolver.resolve('1.wild.example', 'A');
  assert.equal(server.questions, 5);
});

test('equal questions at the same time are asked once; many different ones share the sockets', async () => {
  await using server = await startZoneServer({ zone });
  await using resolver = resolverFor([server], { concurrencyMax: 8, timeoutMs: 2000 });
  await Promise.all(Array.from({ length: 20 }, () => resolver.resolve('a.example', 'MX')));
  assert.equal(server.questions, 1);
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => resolver.resolve(`n${index}.wild.example`, 'A')),
  );
  assert.ok(answers.every(([each]) => each === '192.0.2.9'));
});

test('over IPv6 as well', async (context) => {
  let server;
  try {
    server = await startZoneServer({ host: '::1', zone });
  } catch {
    context.skip('no IPv6 on loopback here');
    return;
  }
  await using zoneServer = server;
  await using resolver = resolverFor([zoneServer]);
  assert.equal((await resolver.resolve('a.example', 'MX')).length, 2);
});
