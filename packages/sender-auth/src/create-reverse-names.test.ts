// iprev: names that lead back, names that do not, and what cannot be found out (RFC 8601 §2.7.3).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Zone } from '@restante/dns';
import { createReverseNames } from './create-reverse-names.ts';
import { zoneResolver } from '../test/zone-resolver.ts';
import type { Faults } from '../test/zone-resolver.ts';

function check(address: string, zone: Zone, faults: Faults = {}) {
  return createReverseNames({ resolver: zoneResolver(zone, faults), budgetMs: 200 }).check(address);
}

const four = '1.2.0.192.in-addr.arpa';
const zone: Zone = {
  [four]: { PTR: ['forged.test', 'gone.test', 'mx.test'] },
  'forged.test': { A: ['203.0.113.1'] },
  'mx.test': { A: ['203.0.113.2', '192.0.2.1'], AAAA: ['2001:db8::1'] },
  '2.2.0.192.in-addr.arpa': { PTR: ['forged.test', 'gone.test'] },
  '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa': { PTR: ['mx.test'] },
};

test('a name that leads back is a pass, whatever the others do (RFC 8601 §2.7.3)', async () => {
  assert.deepEqual(await check('192.0.2.1', zone), { result: 'pass', name: 'mx.test' });
  assert.deepEqual(await check('192.0.2.1', zone, { 'forged.test': 'ESERVFAIL' }), {
    result: 'pass',
    name: 'mx.test',
  });
});

test('IPv6 is compared as an address, and a mapped address is IPv4', async () => {
  assert.equal((await check('2001:0DB8:0:0::1', zone)).result, 'pass');
  assert.equal((await check('::ffff:192.0.2.1', zone)).result, 'pass');
});

test('names that lead elsewhere are a fail, no name is none', async () => {
  assert.equal((await check('192.0.2.2', zone)).result, 'fail');
  assert.equal((await check('192.0.2.3', zone)).result, 'none');
});

test('what cannot be found out is temperror, never fail or none', async () => {
  const faults = { 'gone.test': 'ETIMEOUT' } as const;
  assert.equal((await check('192.0.2.2', zone, faults)).result, 'temperror');
  assert.equal((await check('192.0.2.1', zone, { [four]: 'ESERVFAIL' })).result, 'temperror');
  assert.equal((await check('192.0.2.1', zone, { [four]: 'never' })).result, 'temperror');
});

test('names that are silent cost no more than the budget, and hide no name that leads back', async () => {
  const answer = await check('192.0.2.1', zone, { 'forged.test': 'never' });
  assert.deepEqual(answer, { result: 'pass', name: 'mx.test' });
  const silent = { 'forged.test': 'never', 'gone.test': 'never' } as const;
  assert.equal((await check('192.0.2.2', zone, silent)).result, 'temperror');
});

test('at most ten names are looked at', async () => {
  const PTR = Array.from({ length: 1000 }, (_, index) => `n${index}.test`);
  const resolver = zoneResolver({ [four]: { PTR }, 'n10.test': { A: ['192.0.2.1'] } });
  const answer = await createReverseNames({ resolver, budgetMs: 1000 }).check('192.0.2.1');
  assert.equal(answer.result, 'fail');
  assert.equal(resolver.asked.length, 11);
});

test('what is no address is none', async () => {
  for (const text of ['', 'mx.test', '1.2.3', '0x7f.1', '[192.0.2.1]', '::1::'])
    assert.equal((await check(text, zone)).result, 'none');
});
