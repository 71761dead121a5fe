import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressQuestion, isListable, plainAddress, plainDomain } from './question-name.ts';

test('an IPv4 address is asked for with its octets backwards (RFC 5782 §2.1)', () => {
  assert.equal(addressQuestion('192.0.2.99', 'bad.example'), '99.2.0.192.bad.example');
});

test('an IPv6 address is asked for by nibbles, all 32 of them (RFC 5782 §2.4)', () => {
  assert.equal(
    addressQuestion('2001:db8:1:2:3:4:567:89ab', 'ugly.example'),
    'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ugly.example',
  );
});

test('the IPv6 test point keeps its mapped form (RFC 5782 §5)', () => {
  assert.equal(
    addressQuestion('::ffff:7f00:2', 'v6.example'),
    `2.0.0.0.0.0.f.7.f.f.f.f.${'0.'.repeat(20)}v6.example`,
  );
});

test('an IPv4 address in IPv6 clothes is the IPv4 address', () => {
  assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(plainAddress('::ffff:c000:201'), '192.0.2.1');
  assert.equal(plainAddress('2001:DB8:0::1'), '2001:db8::1');
  assert.equal(plainAddress('fe80::1%eth0'), 'fe80::1');
  for (const junk of ['', '1.2.3', '0x7f.1', '127.1', 'mx.example', '1.2.3.4.5', '[192.0.2.1]'])
    assert.equal(plainAddress(junk), undefined, junk);
});

test('addresses that mean somebody else in every network are not asked about', () => {
  for (const address of ['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '100.64.0.1'])
    assert.equal(isListable(address), false, address);
  for (const address of ['::1', 'fe80::1', 'fd00::1', 'ff02::1', '0.0.0.0', '::', '224.0.0.1'])
    assert.equal(isListable(address), false, address);
  for (const address of ['192.0.2.1', '8.8.8.8', '2001:db8::1', '2a00:1450::1'])
    assert.equal(isListable(address), true, address);
});

test('a domain is asked for in A-labels and lower case; what no list can have is not (RFC 5782 §3.1)', () => {
  assert.equal(plainDomain('Bad.Example.'), 'bad.example');
  assert.equal(plainDomain('münchen.example'), 'xn--mnchen-3ya.example');
  for (const junk of ['', 'localhost', '[192.0.2.1]', '192.0.2.1', 'a..example', 'a b.example'])
    assert.equal(plainDomain(junk), undefined, junk);
});
