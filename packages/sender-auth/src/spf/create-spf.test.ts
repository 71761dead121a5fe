// The answer as callers see it, and what is remembered between checks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Zone } from '@restante/dns';
import { systemClock } from '@restante/runtime';
import { checkIn, policy, strictly, zoneResolver } from '../../test/zone-resolver.ts';
import { createSpf } from './create-spf.ts';

test('the domain of the answer is in lower-case A-labels (RFC 7208 §4.3)', async () => {
  const zone: Zone = { 'xn--mnchen-3ya.test': { TXT: [['v=spf1 +all']] } };
  const answer = await checkIn({ zone, sender: 'ana@M\u00fcnchen.TEST.' });
  assert.equal(answer.domain, 'xn--mnchen-3ya.test');
  assert.equal(answer.identity, 'mailfrom');
  assert.equal(answer.result, 'pass');
});

test('without a sender the HELO name is the identity (RFC 7208 §2.4)', async () => {
  const answer = await checkIn({ zone: policy('v=spf1 -all'), sender: '', helo: 'Example.Test' });
  assert.deepEqual(
    [answer.identity, answer.domain, answer.result],
    ['helo', 'example.test', 'fail'],
  );
});

test('what is no domain is told as it was said, not asked for, and not longer than a domain', async () => {
  const answer = await checkIn({ zone: {}, sender: `ana@${'x'.repeat(5000)}` });
  assert.equal(answer.result, 'none');
  assert.equal(answer.domain.length, 255);
  assert.deepEqual(answer.asked, []);
});

test('a client without an IP address is none', async () => {
  for (const clientAddress of ['', 'unknown', 'client.example.test', '[192.0.2.1]', '192.0.2'])
    assert.equal((await checkIn({ zone: policy('v=spf1 +all'), clientAddress })).result, 'none');
});

test('an address with a zone is the address', async () => {
  const zone = policy('v=spf1 ip6:fe80::/10 -all');
  assert.equal((await checkIn({ zone, clientAddress: 'fe80::1%eth0' })).result, 'pass');
});

test('a record that has changed counts from its next answer on', async () => {
  const records = [['v=spf1 +all']];
  const zone = { 'example.test': { TXT: [records[0] ?? []] } };
  const resolver = zoneResolver(zone);
  const spf = createSpf({ resolver, hostname: 'r.test', clock: systemClock, budgetMs: 1000 });
  const check = () =>
    spf.check({ clientAddress: '192.0.2.1', helo: 'h.test', sender: 'a@example.test' });
  assert.equal((await check()).result, 'pass');
  zone['example.test'].TXT[0] = ['v=spf1 -all'];
  assert.equal((await check()).result, 'fail');
});

test('a name that the resolver does not ask for matches nothing (RFC 7208 §4.8)', async () => {
  const resolver = strictly(zoneResolver(policy('v=spf1 exists:%{l}.list.test ~all')));
  const answer = await checkIn({
    zone: {},
    sender: '"a b"@example.test',
    options: { resolver },
  });
  assert.equal(answer.result, 'softfail');
});

test('what a resolver has never failed with is temperror, in one line of ASCII', async () => {
  const resolver = {
    resolve: () => Promise.reject(new Error('two\r\nlines \u00e4')),
    reverse: () => Promise.reject(new Error('no')),
  };
  const answer = await checkIn({ zone: {}, options: { resolver } });
  assert.equal(answer.result, 'temperror');
  assert.match(answer.problem ?? '', /two\?\?lines \?$/);
});
