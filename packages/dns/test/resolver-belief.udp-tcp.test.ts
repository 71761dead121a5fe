// What the resolver does not believe: forged, stray, looping and broken answers. Needs sockets on loopback.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { Packet } from 'dns2';
import { address, alias } from './faulty-server.ts';
import type { Behaviour } from './faulty-server.ts';
import { against, resolverFor } from './resolver-kit.ts';

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
