import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutOurResults } from './without-our-results.ts';

const ours = ['mx.our.test', 'mx2.our.test'];

function isTakenOut(value: string | Buffer, name = 'Authentication-Results'): boolean {
  const before = Buffer.from('Received: a\r\n');
  const behind = Buffer.from('Subject: b\r\n');
  const field = Buffer.concat([Buffer.from(`${name}: `), Buffer.from(value), Buffer.from('\r\n')]);
  const out = withoutOurResults(Buffer.concat([before, field, behind]), ours);
  const isGone = out.equals(Buffer.concat([before, behind]));
  assert.ok(isGone || out.equals(Buffer.concat([before, field, behind])), out.toString());
  return isGone;
}

for (const value of [
  'mx.our.test; dkim=pass',
  'MX.Our.TEST;dkim=pass',
  ' \t mx2.our.test ; spf=pass',
  'mx.our.test 1; dkim=pass',
  'mx.our.test',
  'mx.our.test.; dkim=pass',
  'mx.our.test/1; dkim=pass',
  'mx.our.test(comment); dkim=pass',
  '(a (nested \\) one)) mx.our.test; dkim=pass',
  '"mx.our.test"; dkim=pass',
  '"mx\\.our\\.test" 1; dkim=pass',
  '\r\n mx.our.test;\r\n\tdkim=pass',
  '(x)\r\n (y) "MX.our.test"\r\n ; dkim=pass',
  'mx.our.test\u0000; dkim=pass',
  '\u0000mx.our.test; dkim=pass',
  'mx.our\u200b.test; dkim=pass',
  'ｍｘ.our.test; dkim=pass',
  '=?utf-8?q?mx.our.test?=; dkim=pass',
  '"mx.our.test; dkim=pass',
  '(mx.our.test; dkim=pass',
  '; mx.our.test; dkim=pass',
]) {
  test(`a field in our name is taken out: ${JSON.stringify(value)} (RFC 8601 §5)`, () => {
    assert.ok(isTakenOut(value));
  });
}

for (const value of [
  'mx.other.test; dkim=pass header.d=mx.our.test',
  'mx.our.test.evil.example; dkim=pass',
  'notmx.our.test; dkim=pass',
  'our.test; none',
  '(mx.our.test) mx.other.test; dkim=pass',
  '"mx.our.test x"; dkim=pass',
  '; dkim=pass',
  '',
]) {
  test(`a field of others stays: ${JSON.stringify(value)}`, () => {
    assert.ok(!isTakenOut(value));
  });
}

test('the name of the field is compared as readers do, and only that field is meant', () => {
  assert.ok(isTakenOut('mx.our.test; none', 'authentication-RESULTS'));
  assert.ok(isTakenOut('mx.our.test; none', 'Authentication-Results '));
  assert.ok(!isTakenOut('mx.our.test; none', 'ARC-Authentication-Results'));
  assert.ok(!isTakenOut('mx.our.test; none', 'X-Authentication-Results'));
});

test('all of them go, the others keep their bytes and order, the body is not looked at', () => {
  const header = Buffer.from(
    'Authentication-Results: mx.our.test; a=b\r\nA: \xff\r\nAuthentication-Results: other.test; c=d\n' +
      'Authentication-Results: mx2.our.test;\r\n e=f\r\nB: c\r\n\r\nAuthentication-Results: mx.our.test; body\r\n',
    'latin1',
  );
  assert.equal(
    withoutOurResults(header, ours).toString('latin1'),
    'A: \xff\r\nAuthentication-Results: other.test; c=d\nB: c\r\n\r\nAuthentication-Results: mx.our.test; body\r\n',
  );
  const clean = Buffer.from('A: b\r\n');
  assert.equal(withoutOurResults(clean, ours), clean);
});

test('an international name of ours is known in both spellings (RFC 8616 §5.2)', () => {
  const header = Buffer.from('Authentication-Results: mx.münchen.test; a=b\r\n');
  assert.equal(withoutOurResults(header, ['mx.xn--mnchen-3ya.test']).length, 0);
});

test('hostile fields cost no more than their length (threat 15)', () => {
  const started = performance.now();
  for (const part of ['.', '(', '"', '\\', '=?', '()', 'a', ' ', '. ', '.x'])
    isTakenOut(part.repeat(250_000 / part.length));
  assert.ok(performance.now() - started < 1500);
});
