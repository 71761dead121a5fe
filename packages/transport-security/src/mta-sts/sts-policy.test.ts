import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNamedBy, parseStsPolicy, readStsRecord } from './sts-policy.ts';

test('the TXT record must be the only one of its kind (RFC 8461 §3.1)', () => {
  assert.equal(readStsRecord([['v=STSv1; id=20160831085700Z;']]), '20160831085700Z');
  assert.equal(readStsRecord([['v=spf1 -all'], ['v=STS', 'v1; id=a1']]), 'a1');
  assert.equal(readStsRecord([['v=STSv1; x=1; id=a1; y=2;']]), 'a1');
  assert.equal(readStsRecord([['v=STSv1; id=a;'], ['v=STSv1; id=b;']]), undefined);
  assert.equal(readStsRecord([['v=STSv1; id=not-alphanumeric;']]), undefined);
  assert.equal(readStsRecord([['v=STSv10; id=a;']]), undefined);
  assert.equal(readStsRecord([]), undefined);
});

test('a policy has version, mode, max_age and names; unknown keys are passed over (RFC 8461 §3.2)', () => {
  const text =
    'version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\nfuture: yes\r\n';
  assert.deepEqual(parseStsPolicy(text), {
    ok: true,
    value: { mode: 'enforce', mx: ['mail.example.com', '*.example.net'], maxAgeSeconds: 604_800 },
  });
  assert.deepEqual(parseStsPolicy('version: STSv1\nmode: none\nmax_age: 60'), {
    ok: true,
    value: { mode: 'none', mx: [], maxAgeSeconds: 60 },
  });
  // Of a key that comes twice the first one counts, and nothing lasts longer than about a year.
  const twice = parseStsPolicy(
    'version: STSv1\nmode: testing\nmode: none\nmx: a.b\nmax_age: 9999999999',
  );
  assert.deepEqual(twice.ok && [twice.value.mode, twice.value.maxAgeSeconds], [
    'testing',
    31_557_600,
  ]);
});

for (const [what, text] of [
  ['no version', 'mode: enforce\nmx: a.b\nmax_age: 1'],
  ['an unknown mode', 'version: STSv1\nmode: strict\nmx: a.b\nmax_age: 1'],
  ['no max_age', 'version: STSv1\nmode: enforce\nmx: a.b'],
  ['a negative max_age', 'version: STSv1\nmode: enforce\nmx: a.b\nmax_age: -1'],
  ['no mx', 'version: STSv1\nmode: enforce\nmax_age: 1'],
  ['an mx that is no name', 'version: STSv1\nmode: enforce\nmx: a.*.b\nmax_age: 1'],
  ['a line that is none', 'version: STSv1\nmode: enforce\nmx: a.b\nmax_age: 1\n<html>'],
  ['HTML', '<!doctype html>'],
] as const) {
  test(`a policy with ${what} is none`, () => {
    assert.equal(parseStsPolicy(text).ok, false);
  });
}

test('a wildcard stands for exactly one label, the leftmost (RFC 8461 §4.1)', () => {
  assert.ok(isNamedBy('mx.example.com', ['mx.example.com']));
  assert.ok(isNamedBy('mx1.example.com', ['*.example.com']));
  assert.ok(!isNamedBy('a.b.example.com', ['*.example.com']));
  assert.ok(!isNamedBy('example.com', ['*.example.com']));
  assert.ok(!isNamedBy('example.com', ['*.com.evil', 'mx.example.com']));
});
