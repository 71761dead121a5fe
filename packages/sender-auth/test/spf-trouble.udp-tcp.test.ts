// SPF and reverse names through the real resolver, against servers that fail, are silent, truncate or forge. Needs sockets
// on loopback. Whatever happens: "could not find out" is temperror, and nobody waits beyond the budget.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createResolver, startZoneServer } from '@restante/dns';
import type { Zone } from '@restante/dns';
import { systemClock } from '@restante/runtime';
import { createReverseNames, createSpf } from '../src/index.ts';

const question = {
  clientAddress: '192.0.2.1',
  helo: 'client.example.test',
  sender: 'ana@example.test',
};
const zone: Zone = {
  'example.test': {
    TXT: [['v=spf1 mx include:other.test -all']],
    MX: [{ priority: 1, exchange: 'mx.example.test' }],
  },
  'mx.example.test': { A: ['198.51.100.1'] },
  'other.test': { TXT: [['v=spf1 a:host.other.test -all']] },
  'host.other.test': { CNAME: ['real.other.test'] },
  'real.other.test': { A: ['192.0.2.1'] },
  '1.2.0.192.in-addr.arpa': { PTR: ['host.other.test', 'mx.example.test'] },
};

function resolverOf(t: TestContext, address: string) {
  const resolver = createResolver({
    servers: [address],
    clock: systemClock,
    timeoutMs: 150,
    retries: 1,
    deadlineMs: 2000,
  });
  t.after(() => resolver.stop());
  return resolver;
}

function judges(t: TestContext, address: string, budgetMs = 10_000) {
  const resolver = resolverOf(t, address);
  return {
    resolver,
    spf: createSpf({ resolver, hostname: 'mx.receiver.test', clock: systemClock, budgetMs }),
    names: createReverseNames({ resolver, budgetMs }),
  };
}

/** Sees every packet between the resolver and the zone server over UDP, and says what goes on; TCP is not offered. */
async function startMeddler(
  t: TestContext,
  server: string,
  meddle: (answer: Buffer, count: number) => readonly Buffer[],
): Promise<string> {
  const [host = '', port = ''] = server.split(':');
  const front = createSocket('udp4');
  const open = new Set<ReturnType<typeof createSocket>>();
  let count = 0;
  front.on('message', (asked, peer) => {
    const back = createSocket('udp4');
    open.add(back);
    back.on('message', (answer) => {
      count += 1;
      for (const packet of meddle(answer, count)) front.send(packet, peer.port, peer.address);
    });
    back.send(asked, Number(port), host);
  });
  front.bind(0, '127.0.0.1');
  await once(front, 'listening');
  t.after(() => {
    front.close();
    for (const back of open) back.close();
  });
  return `127.0.0.1:${front.address().port}`;
}

test('a whole evaluation goes through the real resolver', async (t) => {
  await using server = await startZoneServer({ zone });
  const { spf, names } = judges(t, server.address);
  const answer = await spf.check(question);
  assert.deepEqual(answer, {
    result: 'pass',
    identity: 'mailfrom',
    domain: 'example.test',
    mechanism: 'include:other.test',
  });
  assert.deepEqual(await names.check('192.0.2.1'), { result: 'pass', name: 'host.other.test' });
  const before = server.questions;
  await spf.check(question);
  assert.equal(server.questions, before, 'the second time it is remembered');
});

for (const [name, where] of [
  ['example.test', 'the record'],
  ['other.test', 'an included record'],
  ['mx.example.test', 'an exchanger'],
  ['host.other.test', 'a host'],
] as const) {
  test(`SERVFAIL for ${where} is temperror (RFC 7208 §4.4, §5)`, async (t) => {
    await using server = await startZoneServer({ zone, failing: [name] });
    const { spf } = judges(t, server.address);
    const answer = await spf.check(question);
    assert.equal(answer.result, 'temperror');
    assert.match(answer.problem ?? '', /ESERVFAIL/);
  });
}

test('SERVFAIL never makes an address nameless: reverse names are temperror (RFC 8601 §2.7.3)', async (t) => {
  await using server = await startZoneServer({ zone, failing: ['1.2.0.192.in-addr.arpa'] });
  assert.equal((await judges(t, server.address).names.check('192.0.2.1')).result, 'temperror');
});

test('a dead server is temperror within the budget, for both (RFC 7208 §4.6.4)', async (t) => {
  const silent = createSocket('udp4');
  silent.bind(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const { spf, names } = judges(t, `127.0.0.1:${silent.address().port}`, 200);
  const startedMs = performance.now();
  const [answer, reverse] = await Promise.all([spf.check(question), names.check('192.0.2.1')]);
  const tookMs = performance.now() - startedMs;
  assert.equal(answer.result, 'temperror');
  assert.match(answer.problem ?? '', /within 200 ms/);
  assert.equal(reverse.result, 'temperror');
  assert.ok(tookMs < 1500, `${tookMs} ms`);
});

test('lost packets are asked for again', async (t) => {
  await using server = await startZoneServer({ zone });
  const lossy = await startMeddler(t, server.address, (answer, count) =>
    count % 2 === 1 ? [] : [answer],
  );
  assert.equal((await judges(t, lossy).spf.check(question)).result, 'pass');
});

test('a record that does not fit into a packet comes over TCP', async (t) => {
  const many = Array.from({ length: 150 }, (_, index) => `ip4:198.51.100.${index}`).join(' ');
  const strings = `v=spf1 ${many} ip4:192.0.2.1 -all`.match(/.{1,250}/gs) ?? [];
  await using server = await startZoneServer({ zone: { 'example.test': { TXT: [strings] } } });
  const { spf, resolver } = judges(t, server.address);
  assert.equal((await spf.check(question)).result, 'pass');
  assert.equal(resolver.stats.overTcp, 1);
});

test('a truncated answer whose TCP is not to be had is temperror, not a short record', async (t) => {
  await using server = await startZoneServer({ zone });
  const truncating = await startMeddler(t, server.address, (answer) => {
    const cut = Buffer.from(answer);
    cut.writeUInt8(cut.readUInt8(2) | 0x02, 2); // TC
    return [cut];
  });
  assert.equal((await judges(t, truncating).spf.check(question)).result, 'temperror');
});

test('forged answers are not believed (RFC 5452 §9)', async (t) => {
  await using forger = await startZoneServer({
    zone: { 'example.test': { TXT: [['v=spf1 +all']] } },
  });
  await using server = await startZoneServer({
    zone: { 'example.test': { TXT: [['v=spf1 -all']] } },
  });
  const forged = await judges(t, forger.address).spf.check(question);
  assert.equal(forged.result, 'pass', 'the forger would be believed if he were asked');
  const meddler = await startMeddler(t, server.address, (answer) => {
    const wrongId = Buffer.from(answer);
    wrongId.writeUInt16BE((wrongId.readUInt16BE(0) + 1) & 0xffff, 0);
    // "-all" becomes "+all" in what has another id.
    const at = wrongId.indexOf('-all');
    if (at >= 0) wrongId.write('+', at);
    return [wrongId, answer];
  });
  const { spf, resolver } = judges(t, meddler);
  assert.equal((await spf.check(question)).result, 'fail');
  assert.ok(resolver.stats.ignored > 0);
});

test('garbage instead of an answer is temperror', async (t) => {
  await using server = await startZoneServer({ zone });
  const garbage = await startMeddler(t, server.address, (answer) => [answer.subarray(0, 20)]);
  assert.equal((await judges(t, garbage).spf.check(question)).result, 'temperror');
});

test("the caller's signal ends a check at once, with its reason", async (t) => {
  const silent = createSocket('udp4');
  silent.bind(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const { spf, names } = judges(t, `127.0.0.1:${silent.address().port}`);
  const reason = new Error('the client is gone');
  const ending = new AbortController();
  const checks = [spf.check(question, ending.signal), names.check('192.0.2.1', ending.signal)];
  ending.abort(reason);
  for (const check of checks) await assert.rejects(check, reason);
  await assert.rejects(spf.check(question, ending.signal), reason);
});
