import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAddressGuard } from './address-guard.ts';
import { findMailServers } from './find-mail-servers.ts';
import type { FindMailServersOptions, MxResolver } from './find-mail-servers.ts';
import { NoRoute } from './no-route.ts';

type Zone = Readonly<Record<string, readonly string[] | string>>;

/** MX as "10 mx1.test", addresses as they are, an error code as a string. */
function resolverOf(zone: Zone): MxResolver {
  const find = (name: string): readonly string[] => {
    const found = zone[name] ?? 'ENOTFOUND';
    if (typeof found === 'string') throw Object.assign(new Error(found), { code: found });
    return found;
  };
  return {
    async resolve(name) {
      const mx = find(name).filter((record) => record.includes(' '));
      if (mx.length === 0) throw Object.assign(new Error('ENODATA'), { code: 'ENODATA' });
      return mx.map((record) => ({
        priority: Number(record.split(' ')[0]),
        exchange: record.split(' ')[1] ?? '',
      }));
    },
    async lookup(host) {
      return find(host)
        .filter((record) => !record.includes(' '))
        .map((address) => ({ address }));
    },
  };
}

async function serversOf(
  zone: Zone,
  more: Partial<FindMailServersOptions> = {},
  domain = 'a.test',
): Promise<string> {
  const options: FindMailServersOptions = {
    resolver: resolverOf(zone),
    ownNames: new Set(['us.test']),
    guard: createAddressGuard({ ownAddresses: ['9.9.9.9'], allowPrivate: false }),
    allowAddressLiterals: false,
    hostsMax: 5,
    addressesMax: 5,
    random: () => 0,
    ...more,
  };
  try {
    const servers = await findMailServers(domain, options);
    return servers.map(({ host, address }) => `${host}=${address}`).join(' ');
  } catch (failure) {
    assert.ok(failure instanceof NoRoute, String(failure));
    const { kind, reply } = failure.outcome;
    return `${kind} ${reply.code} ${reply.enhanced}`;
  }
}

test('mail servers come in order of preference, with all their addresses (RFC 5321 §5.1)', async () => {
  const zone = {
    'a.test': ['20 y.test', '10 x.test'],
    'x.test': ['8.8.8.1', '2001:4860::1'],
    'y.test': ['8.8.8.2'],
  };
  assert.equal(await serversOf(zone), 'x.test=8.8.8.1 x.test=2001:4860::1 y.test=8.8.8.2');
  assert.equal(await serversOf(zone, { addressesMax: 1 }), 'x.test=8.8.8.1');
});

test('equal preferences are shuffled (RFC 5321 §5.1)', async () => {
  const zone = {
    'a.test': ['10 x.test', '10 y.test'],
    'x.test': ['8.8.8.1'],
    'y.test': ['8.8.8.2'],
  };
  const seen = new Set<string>();
  for (let round = 0; round < 100; round += 1)
    seen.add(await serversOf(zone, { random: Math.random }));
  assert.equal(seen.size, 2);
});

test('no MX: the domain itself (RFC 5321 §5.1)', async () => {
  assert.equal(await serversOf({ 'a.test': ['8.8.8.8'] }), 'a.test=8.8.8.8');
});

test('null MX: 556 5.1.10 (RFC 7505 §4.1)', async () => {
  assert.equal(await serversOf({ 'a.test': ['0 .'] }), 'rejected 556 5.1.10');
  assert.equal(await serversOf({ 'a.test': ['0 '] }), 'rejected 556 5.1.10');
});

test('no such domain is permanent, not knowing is not', async () => {
  assert.equal(await serversOf({}), 'rejected 550 5.1.2');
  assert.equal(await serversOf({ 'a.test': 'ESERVFAIL' }), 'deferred 451 4.4.3');
  assert.equal(await serversOf({ 'a.test': 'ETIMEOUT' }), 'deferred 451 4.4.3');
  assert.equal(
    await serversOf({ 'a.test': ['10 x.test'], 'x.test': 'ESERVFAIL' }),
    'deferred 451 4.4.3',
  );
  assert.equal(await serversOf({ 'a.test': ['10 x.test'] }), 'rejected 550 5.4.4');
  const half = {
    'a.test': ['10 x.test', '20 y.test'],
    'x.test': 'ESERVFAIL',
    'y.test': ['8.8.8.2'],
  };
  assert.equal(await serversOf(half), 'y.test=8.8.8.2');
});

test('when we are in the list, we and everybody behind us is cut off (RFC 5321 §5.1)', async () => {
  const zone = {
    'a.test': ['10 x.test', '20 us.test', '20 y.test', '30 z.test'],
    'x.test': ['8.8.8.1'],
    'y.test': ['8.8.8.2'],
    'z.test': ['8.8.8.3'],
  };
  assert.equal(await serversOf(zone), 'x.test=8.8.8.1');
  assert.equal(
    await serversOf({ ...zone, 'a.test': ['10 us.test', '20 x.test'] }),
    'rejected 550 5.4.6',
  );
  // The same by address: another name for us.
  const alias = {
    'a.test': ['10 x.test', '20 alias.test', '30 z.test'],
    'x.test': ['8.8.8.1'],
    'alias.test': ['9.9.9.9'],
    'z.test': ['8.8.8.3'],
  };
  assert.equal(await serversOf(alias), 'x.test=8.8.8.1');
  assert.equal(await serversOf({ 'a.test': ['9.9.9.9'] }), 'rejected 550 5.4.6');
});

test('loopback, private, link-local, mapped and translated addresses are never connected to', async () => {
  const traps = [
    '127.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '::1',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '224.0.0.1',
    '255.255.255.255',
    '2002:7f00:1::',
  ];
  for (const trap of traps) {
    const zone = { 'a.test': ['10 x.test', '20 y.test'], 'x.test': [trap], 'y.test': ['8.8.8.8'] };
    assert.equal(await serversOf(zone), 'y.test=8.8.8.8', trap);
    assert.equal(await serversOf({ 'a.test': [trap] }), 'rejected 550 5.4.4', trap);
  }
  const guard = createAddressGuard({ ownAddresses: [], allowPrivate: true });
  assert.equal(await serversOf({ 'a.test': ['127.0.0.1'] }, { guard }), 'a.test=127.0.0.1');
});

test('address literals are refused unless configured, and our own always (RFC 5321 §4.1.3)', async () => {
  assert.equal(await serversOf({}, {}, '[8.8.8.8]'), 'rejected 550 5.1.2');
  const more = { allowAddressLiterals: true };
  assert.equal(await serversOf({}, more, '[8.8.8.8]'), '8.8.8.8=8.8.8.8');
  assert.equal(await serversOf({}, more, '[ipv6:2001:4860::1]'), '2001:4860::1=2001:4860::1');
  assert.equal(await serversOf({}, more, '[9.9.9.9]'), 'rejected 550 5.1.2');
  assert.equal(await serversOf({}, more, '[127.0.0.1]'), 'rejected 550 5.1.2');
});
