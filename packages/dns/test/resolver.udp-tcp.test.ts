// The resolver against servers that answer well, badly, late, wrongly or not at all. Needs sockets on loopback.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { Packet } from 'dns2';
import { systemClock } from '@restante/runtime';
import type { Clock } from '@restante/runtime';
import { createResolver, startZoneServer } from '../src/index.ts';
import type { ResolverOptions, Zone } from '../src/index.ts';
import { address, alias, late, soa, startFaultyServer } from './faulty-server.ts';
import type { Behaviour } from './faulty-server.ts';

const zone: Zone = {
  'a.example': {
    MX: [
      { priority: 10, exchange: 'MX1.A.example' },
      { priority: 20, exchange: 'mx2.a.example' },
    ],
    TXT: [['v=spf1 ', '-all'], ['second']],
    NS: ['ns.a.example'],
    CAA: [{ critical: 0, issue: 'ca.example' }],
    SOA: [
      {
        nsname: 'ns.a.example',
        hostmaster: 'h.a.example',
        serial: 7,
        refresh: 1,
        retry: 2,
        expire: 3,
        minttl: 4,
      },
    ],
  },
  'mx1.a.example': { A: ['192.0.2.1', '192.0.2.2'], AAAA: ['2001:db8::1'] },
  'alias.example': { CNAME: ['hop.example'] },
  'hop.example': { CNAME: ['mx1.a.example'] },
  'no-mail.example': { MX: [{ priority: 0, exchange: '' }] },
  '_25._tcp.mx1.a.example': {
    TLSA: [{ certUsage: 3, selector: 1, match: 1, data: Uint8Array.from([1, 2, 3]).buffer }],
  },
  '_submission._tcp.a.example': {
    SRV: [{ priority: 1, weight: 2, port: 587, name: 'mail.a.example' }],
  },
  '1.2.0.192.in-addr.arpa': { PTR: ['MX1.a.example'] },
  '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa': {
    PTR: ['mx1.a.example'],
  },
  '*.wild.example': { A: ['192.0.2.9'] },
  'xn--mnchen-3ya.example': { A: ['192.0.2.5'] },
};

function resolverFor(
  servers: readonly { readonly address: string }[],
  options: Partial<ResolverOptions> = {},
) {
  return createResolver({
    servers: servers.map((server) => server.address),
    clock: systemClock,
    timeoutMs: 150,
    retries: 1,
    deadlineMs: 3000,
    ...options,
  });
}

/** A clock that moves when told. */
function handClock(): Clock & { nowMs: number } {
  return {
    ...systemClock,
    nowMs: 0,
    monotonicMs() {
      return this.nowMs;
    },
  };
}

/** Runs the work against one server that behaves so. */
async function against(
  behave: Behaviour,
  work: (parts: {
    readonly resolver: ReturnType<typeof createResolver>;
    readonly server: Awaited<ReturnType<typeof startFaultyServer>>;
  }) => Promise<void>,
  options: Partial<ResolverOptions> = {},
) {
  await using server = await startFaultyServer(behave);
  await using resolver = resolverFor([server], options);
  await work({ resolver, server });
}

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
  const closed = createSocket('udp4').bind(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address();
  closed.close();
  await using resolver = resolverFor([{ address: `127.0.0.1:${port}` }], { timeoutMs: 5000 });
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

test('TCP has a hard end too: a server that accepts and is silent, or trickles, is ETIMEOUT', async () => {
  const udp = createSocket('udp4').bind(0, '127.0.0.1');
  await once(udp, 'listening');
  const sockets: Socket[] = [];
  const trickle = createServer((socket) => {
    sockets.push(socket);
    const timer = setInterval(() => socket.write(Buffer.from([0])), 50);
    socket.on('close', () => clearInterval(timer));
    socket.on('error', () => undefined);
  }).listen(udp.address().port, '127.0.0.1');
  await once(trickle, 'listening');
  udp.on('message', (bytes, from) => {
    const response = Packet.createResponseFromRequest(Packet.parse(bytes));
    response.header.tc = 1;
    udp.send(response.toBuffer(), from.port, from.address);
  });
  await using resolver = resolverFor([{ address: `127.0.0.1:${udp.address().port}` }], {
    retries: 0,
  });
  await assert.rejects(resolver.resolve('a.example', 'A'), { code: 'ETIMEOUT' });
  for (const socket of sockets) socket.destroy();
  udp.close();
  trickle.close();
});

test('answers with a wrong id, question, type or source are not believed (RFC 5452 §9)', async () => {
  const stranger = createSocket('udp4').bind(0, '127.0.0.1');
  await once(stranger, 'listening');
  const behave: Behaviour = async (asked) => {
    const forged = (change: (packet: ReturnType<typeof asked.reply>) => void) =>
      asked.reply((packet) => {
        packet.answers.push(address(asked, '203.0.113.66'));
        change(packet);
      });
    return [
      forged((packet) => {
        packet.header.id = (packet.header.id + 1) & 0xffff;
      }),
      forged((packet) => {
        packet.header.qr = 0;
      }),
      forged((packet) => {
        packet.questions = [new Packet.Question('b.example', Packet.TYPE.A, Packet.CLASS.IN)];
      }),
      forged((packet) => {
        packet.questions = [
          new Packet.Question(asked.request.questions[0]?.name, Packet.TYPE.TXT, Packet.CLASS.IN),
        ];
      }),
      forged((packet) => {
        packet.questions = [];
      }),
      Buffer.from('not dns'),
      asked.reply((packet) => packet.answers.push(address(asked, '192.0.2.1'))),
    ];
  };
  await against(behave, async ({ resolver }) => {
    assert.deepEqual(await resolver.resolve('a.example', 'A'), ['192.0.2.1']);
    assert.equal(resolver.stats.ignored, 6);
  });
  stranger.close();
});

test('an answer from another port than the one that was asked never arrives', async () => {
  const forger = createSocket('udp4').bind(0, '127.0.0.1');
  await once(forger, 'listening');
  const asked = createSocket('udp4').bind(0, '127.0.0.1');
  await once(asked, 'listening');
  asked.on('message', (bytes, from) => {
    const request = Packet.parse(bytes);
    const response = Packet.createResponseFromRequest(request);
    response.answers.push(address({ request }, '203.0.113.66'));
    forger.send(response.toBuffer(), from.port, from.address);
  });
  await using resolver = resolverFor([{ address: `127.0.0.1:${asked.address().port}` }], {
    retries: 0,
  });
  await assert.rejects(resolver.resolve('a.example', 'A'), { code: 'ETIMEOUT' });
  forger.close();
  asked.close();
});

test('letters travel in mixed case; a server that folds them is asked over TCP, and simply when it has no TCP', async () => {
  const fold: Behaviour = (asked) => [
    asked.reply((packet) => {
      const name = asked.name;
      packet.questions = [new Packet.Question(name, Packet.TYPE.A, Packet.CLASS.IN)];
      packet.answers.push(address(asked, '192.0.2.1'));
    }),
  ];
  const name = 'a-long-name-with-many-letters.example';
  await against(
    (asked) => [asked.reply((packet) => packet.answers.push(address(asked, '192.0.2.1')))],
    async ({ resolver, server }) => {
      await resolver.resolve(name, 'A');
      assert.notEqual(server.asked[0]?.sentName, name);
    },
  );
  await against(
    (asked) =>
      asked.transport === 'udp'
        ? fold(asked)
        : [asked.reply((packet) => packet.answers.push(address(asked, '192.0.2.2')))],
    async ({ resolver, server }) => {
      assert.deepEqual(await resolver.resolve(name, 'A'), ['192.0.2.2']);
      assert.deepEqual(
        server.asked.map(({ transport }) => transport),
        ['udp', 'tcp'],
      );
    },
  );
  await against(
    (asked) => (asked.transport === 'udp' ? fold(asked) : []),
    async ({ resolver }) => {
      assert.deepEqual(await resolver.resolve(name, 'A'), ['192.0.2.1']);
    },
  );
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

test('records that do not hang on the question are ignored, aliases are followed within and beyond the packet', async () => {
  const behave: Behaviour = (asked) => [
    asked.reply((packet) => {
      if (asked.name === 'a.example') {
        packet.answers.push(
          address(asked, '203.0.113.66', { name: 'victim.example' }),
          alias('other.example', 'evil.example'),
          alias('a.example', 'B.example', 5),
          address(asked, '192.0.2.1', { name: 'b.example' }),
        );
      } else if (asked.name === 'far.example') {
        packet.answers.push(alias('far.example', 'end.example', 7));
      } else if (asked.name === 'end.example') {
        packet.answers.push(address(asked, '192.0.2.2'));
      }
    }),
  ];
  await against(behave, async ({ resolver }) => {
    assert.deepEqual(await resolver.resolveDetailed('a.example', 'A'), {
      records: ['192.0.2.1'],
      ttlSeconds: 5,
      isAuthenticated: false,
      canonicalName: 'b.example',
    });
    assert.deepEqual(await resolver.resolveDetailed('far.example', 'A'), {
      records: ['192.0.2.2'],
      ttlSeconds: 7,
      isAuthenticated: false,
      canonicalName: 'end.example',
    });
    await assert.rejects(resolver.resolve('victim.example', 'A'), { code: 'ENODATA' });
  });
});

test('aliases that go in circles end as EBADRESP, within one packet and over many', async () => {
  const behave: Behaviour = (asked) => [
    asked.reply((packet) => {
      if (asked.name === 'loop.example')
        packet.answers.push(
          alias('loop.example', 'pool.example'),
          alias('pool.example', 'loop.example'),
        );
      else packet.answers.push(alias(asked.name, `x${asked.name}`));
    }),
  ];
  await against(behave, async ({ resolver, server }) => {
    await assert.rejects(resolver.resolve('loop.example', 'A'), {
      code: 'EBADRESP',
      isTransient: true,
    });
    await assert.rejects(resolver.resolve('a.example', 'A'), { code: 'EBADRESP' });
    assert.ok(server.asked.length < 15);
  });
});

test('garbage in an answer is EBADRESP, never "there is nothing"', async () => {
  await against(
    ({ reply, request }) => {
      const bytes = reply((packet) =>
        packet.answers.push(address({ request }, '192.0.2.1'), address({ request }, '192.0.2.2')),
      ).toBuffer();
      return [bytes.subarray(0, bytes.length - 6)];
    },
    async ({ resolver }) => {
      await assert.rejects(resolver.resolve('a.example', 'A'), {
        code: 'EBADRESP',
        isTransient: true,
      });
    },
  );
  await against(
    ({ reply, request }) => [
      reply((packet) =>
        packet.answers.push(
          new Packet.Resource({
            name: request.questions[0]?.name ?? '',
            type: Packet.TYPE.MX,
            class: Packet.CLASS.IN,
            ttl: 60,
            priority: 1,
            exchange: 'a host\0.example',
          }),
        ),
      ),
    ],
    async ({ resolver }) => {
      await assert.rejects(resolver.resolve('a.example', 'MX'), { code: 'EBADRESP' });
    },
  );
});

test('a referral is a failure of the server, not an empty answer', async () => {
  await against(
    ({ reply }) => [
      reply((packet) =>
        packet.authorities.push(
          new Packet.Resource({
            name: 'example',
            type: Packet.TYPE.NS,
            class: Packet.CLASS.IN,
            ttl: 60,
            ns: 'ns.example',
          }),
        ),
      ),
    ],
    async ({ resolver }) => {
      await assert.rejects(resolver.resolve('a.example', 'MX'), { code: 'ESERVFAIL' });
    },
  );
});

test('AD is asked for and told on, from a server on this machine', async () => {
  await against(
    (asked) => [
      asked.reply((packet) => {
        packet.answers.push(address(asked, '192.0.2.1'));
        Object.assign(packet.header, { ad: (asked.request.header as { ad?: number }).ad });
      }),
    ],
    async ({ resolver }) => {
      assert.equal((await resolver.resolveDetailed('a.example', 'A')).isAuthenticated, true);
    },
  );
});

test('a name that DNS cannot hold is EBADNAME and never leaves', async () => {
  await against(
    () => [],
    async ({ resolver, server }) => {
      const bad = [
        '',
        '.',
        'a..example',
        'a\0.example',
        'a b.example',
        `${'x'.repeat(64)}.example`,
        Array.from({ length: 64 }, () => 'abc').join('.'),
        'a\\.example',
      ];
      for (const name of bad)
        await assert.rejects(
          resolver.resolve(name, 'A'),
          { code: 'EBADNAME', isTransient: false },
          name,
        );
      await assert.rejects(resolver.reverse('not an address'), { code: 'EBADNAME' });
      assert.equal(server.asked.length, 0);
    },
  );
});

test('stop ends what is open with ECANCELLED and refuses what is new', async () => {
  await using server = await startFaultyServer(async ({ reply }) => [await late(reply(), 500)]);
  const resolver = resolverFor([server], { timeoutMs: 5000 });
  const open = assert.rejects(resolver.resolve('a.example', 'A'), { code: 'ECANCELLED' });
  await resolver.stop();
  await open;
  await assert.rejects(resolver.resolve('b.example', 'A'), { code: 'ECANCELLED' });
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
