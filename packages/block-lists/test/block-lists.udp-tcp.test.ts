// Lists that are well: what they say, how often they are asked.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startZoneServer } from '@restante/dns';
import {
  addressList,
  domainList as domainListed,
  handClock,
  startLists,
  zone,
} from './list-kit.ts';

const allow = { zone: 'wl.example', kind: 'address', points: -4, codes: [] } as const;
const withAllow = {
  ...zone,
  '2.0.0.127.wl.example': { A: ['127.0.10.0'] },
  '25.2.0.192.wl.example': { A: ['127.0.5.3'], TXT: [['good.example']] },
};

describe('lists that are well', () => {
  test('a listed address is a hit with its code and the text of the list in one line (RFC 5782 §2.1)', async () => {
    await using server = await startZoneServer({ zone });
    await using kit = await startLists(server);
    assert.deepEqual(await kit.lists.address('192.0.2.66'), [
      {
        zone: 'bl.example',
        points: 3,
        code: '127.0.0.4',
        subject: '192.0.2.66',
        text: 'Listed, see https://bl.example/?192.0.2.66',
      },
    ]);
    assert.deepEqual(await kit.lists.address('192.0.2.1'), []);
    assert.deepEqual(kit.names(), ['list.hit']);
  });

  test('an IPv6 address is found by its nibbles (RFC 5782 §2.4)', async () => {
    await using server = await startZoneServer({ zone });
    await using kit = await startLists(server);
    const [hit] = await kit.lists.address('2001:db8::1');
    assert.equal(hit?.subject, '2001:db8::1');
    assert.deepEqual(await kit.lists.address('2001:db8::2'), []);
  });

  test('a list of domains is asked for domains only (RFC 5782 §3.1)', async () => {
    await using server = await startZoneServer({ zone });
    await using kit = await startLists(server);
    const [hit] = await kit.lists.domain('BAD.example');
    assert.deepEqual(
      [hit?.zone, hit?.code, hit?.subject],
      ['dbl.example', '127.0.1.4', 'bad.example'],
    );
    assert.deepEqual(await kit.lists.domain('good.example'), []);
    assert.deepEqual(await kit.lists.domain('[192.0.2.66]'), []);
  });

  test('a list of good senders takes points away and is not asked why', async () => {
    await using server = await startZoneServer({ zone: withAllow });
    await using kit = await startLists(server, { lists: [addressList, allow] });
    assert.deepEqual(await kit.lists.address('192.0.2.25'), [
      { zone: 'wl.example', points: -4, code: '127.0.5.3', subject: '192.0.2.25' },
    ]);
  });

  test('private, loopback and our own addresses are not asked about', async () => {
    await using server = await startZoneServer({ zone });
    await using kit = await startLists(server, { ownAddresses: ['192.0.2.66', '2001:DB8:0::1'] });
    await kit.lists.checkHealth();
    const before = server.questions;
    for (const address of ['127.0.0.2', '::1', '10.0.0.1', '192.0.2.66', '2001:db8::1', 'junk'])
      assert.deepEqual(await kit.lists.address(address), []);
    assert.equal(server.questions, before);
  });

  test('in a laboratory private addresses are asked about as all others, our own still not', async () => {
    const inLaboratory = { ...zone, '66.0.0.127.bl.example': { A: ['127.0.0.4'] } };
    await using server = await startZoneServer({ zone: inLaboratory });
    await using kit = await startLists(server, {
      privateAddresses: true,
      ownAddresses: ['127.0.0.2'],
    });
    assert.equal((await kit.lists.address('127.0.0.66'))[0]?.subject, '127.0.0.66');
    assert.equal((await kit.lists.lookUp('127.0.0.66'))[0]?.state, 'listed');
    assert.deepEqual(await kit.lists.address('127.0.0.2'), []);
  });

  test('who asks by name hears of every list, our own addresses and lists that are off included', async () => {
    await using server = await startZoneServer({ zone });
    await using kit = await startLists(server, {
      lists: [addressList, allow, domainListed],
      ownAddresses: ['192.0.2.66'],
    });
    await kit.lists.checkHealth();
    const answers = await kit.lists.lookUp('192.0.2.66');
    assert.deepEqual(
      answers.map(({ zone: name, state }) => [name, state]),
      [
        ['bl.example', 'listed'],
        ['wl.example', 'unknown'],
      ],
    );
    assert.equal((await kit.lists.lookUp('192.0.2.1'))[0]?.state, 'clean');
    assert.equal((await kit.lists.lookUp('bad.example'))[0]?.state, 'listed');
    assert.deepEqual(await kit.lists.lookUp('127.0.0.1'), []);
    assert.deepEqual(kit.names(), ['list.switched-off'], 'people who look are no hits');
  });

  test('a thousand who ask about one address at once cause one question', async () => {
    await using server = await startZoneServer({ zone });
    await using kit = await startLists(server, { lists: [addressList] });
    await kit.lists.checkHealth();
    const before = server.questions;
    const answers = await Promise.all(
      Array.from({ length: 1000 }, async () => kit.lists.address('192.0.2.67')),
    );
    assert.ok(answers.every((hits) => hits.length === 0));
    assert.equal(server.questions - before, 1);
  });

  test('hits and misses are remembered as long as DNS says, and no longer', async () => {
    await using server = await startZoneServer({ zone, ttlSeconds: 300 });
    const clock = handClock();
    await using kit = await startLists(server, { lists: [addressList], clock });
    const ask = async () => {
      await kit.lists.address('192.0.2.66');
      await kit.lists.address('192.0.2.1');
    };
    await kit.lists.checkHealth();
    const fresh = server.questions;
    await ask();
    assert.equal(server.questions - fresh, 3, 'A and TXT of the hit, A of the miss');
    clock.aheadMs = 290_000;
    const before = server.questions;
    await ask();
    assert.equal(server.questions, before, 'all from memory');
    clock.aheadMs = 310_000;
    await ask();
    assert.ok(server.questions - before >= 3);
  });

  test('who goes away hears nothing, and the others still do', async () => {
    await using server = await startZoneServer({ zone });
    await using kit = await startLists(server, { lists: [addressList] });
    const leaving = AbortSignal.abort();
    const [gone, stayed] = await Promise.all([
      kit.lists.address('192.0.2.66', leaving),
      kit.lists.address('192.0.2.66'),
    ]);
    assert.deepEqual([gone.length, stayed.length], [0, 1]);
  });
});
