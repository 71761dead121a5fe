import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostInAnswer, parseDnsName, reverseName } from './dns-name.ts';

test('a name is asked for in lower-case A-labels without the last dot (RFC 5890 §2.3.2.1)', () => {
  assert.deepEqual(parseDnsName('MX.Example.'), { ok: true, value: 'mx.example' });
  assert.deepEqual(parseDnsName('bücher.example'), { ok: true, value: 'xn--bcher-kva.example' });
  assert.deepEqual(parseDnsName('_dmarc.example'), { ok: true, value: '_dmarc.example' });
});

test('63 octets a label and 255 a name are the limit (RFC 1035 §2.3.4)', () => {
  assert.ok(parseDnsName(`${'x'.repeat(63)}.example`).ok);
  assert.ok(!parseDnsName(`${'x'.repeat(64)}.example`).ok);
  const longest = `${'x'.repeat(63)}.${'x'.repeat(63)}.${'x'.repeat(63)}.${'x'.repeat(61)}`;
  assert.ok(parseDnsName(longest).ok);
  assert.ok(!parseDnsName(`${longest}x`).ok);
});

test('NUL, blanks and backslashes are refused', () => {
  for (const name of ['a\0b.example', 'a b.example', 'a\tb', 'a\\.b', '', '.', '..', 'a..b'])
    assert.ok(!parseDnsName(name).ok, JSON.stringify(name));
});

test('addresses turn into names below in-addr.arpa and ip6.arpa (RFC 1035 §3.5, RFC 3596 §2.5)', () => {
  assert.equal(reverseName('192.0.2.1'), '1.2.0.192.in-addr.arpa');
  assert.equal(reverseName('::1'), `1.${'0.'.repeat(31)}ip6.arpa`);
  assert.equal(
    reverseName('2001:db8::ab:0:1'),
    '1.0.0.0.0.0.0.0.b.a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
  );
  assert.equal(reverseName('::ffff:192.0.2.1'), '1.2.0.192.in-addr.arpa');
  assert.equal(
    reverseName('64:ff9b::192.0.2.33'),
    '1.2.2.0.0.0.0.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.b.9.f.f.4.6.0.0.ip6.arpa',
  );
  assert.equal(reverseName('fe80::1%eth0'), `1.${'0.'.repeat(28)}8.e.f.ip6.arpa`);
  assert.equal(reverseName('mx.example'), undefined);
});

test('a host name in an answer has the letters of host names', () => {
  assert.equal(hostInAnswer('MX1.Example'), 'mx1.example');
  assert.equal(hostInAnswer('a host.example'), undefined);
  assert.equal(hostInAnswer('a..example'), undefined);
});
