// Addresses and networks (RFC 7208 §5, §5.6), beside plain arithmetic on numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressText, contains, isAddress, parseClientAddress, parseIpAddress } from './network.ts';

const octets = (count: number) => fc.array(fc.nat(255), { minLength: count, maxLength: count });
const asNumber = (each: readonly number[]) =>
  each.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);

test('a network contains the addresses that begin as it does', () => {
  for (const [family, count] of [
    [4, 4],
    [6, 16],
  ] as const) {
    fc.assert(
      fc.property(
        octets(count),
        octets(count),
        fc.nat(count * 8),
        fc.nat(count),
        (one, other, prefixBits, shared) => {
          // Two addresses by chance have nothing in common; these begin alike.
          const alike = [...one.slice(0, shared), ...other.slice(shared)];
          const rest = BigInt(count * 8 - prefixBits);
          const wanted = asNumber(one) >> rest === asNumber(alike) >> rest;
          const network = { family, octets: one, prefixBits };
          assert.equal(contains(network, { family, octets: alike }), wanted);
        },
      ),
    );
  }
});

test('the families never match each other, except for a mapped client (RFC 7208 §5)', () => {
  const all = { family: 6, octets: Array.from({ length: 16 }, () => 0), prefixBits: 0 } as const;
  assert.ok(!contains(all, { family: 4, octets: [192, 0, 2, 1] }));
  assert.deepEqual(parseClientAddress('::FFFF:192.0.2.1'), { family: 4, octets: [192, 0, 2, 1] });
  assert.equal(parseIpAddress('::ffff:192.0.2.1')?.family, 6);
  assert.ok(!isAddress('::ffff:192.0.2.1', { family: 4, octets: [192, 0, 2, 1] }));
});

test('an address is written in one way only', () => {
  for (const text of [
    '192.0.2',
    '192.0.2.01',
    '0xc0.0.2.1',
    '3221225985',
    '2001:db8::1::2',
    '::1%eth0',
    ' ::1',
    '',
  ])
    assert.equal(parseIpAddress(text), undefined, text);
});

test('IPv6 is shown as RFC 5952 §4 wants it', () => {
  for (const [text, shown] of [
    ['2001:0DB8:0:0:0:0:0:CB01', '2001:db8::cb01'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['::', '::'],
  ] as const)
    assert.equal(addressText(parseIpAddress(text) ?? { family: 4, octets: [] }), shown);
});
