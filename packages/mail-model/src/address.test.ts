import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from './address.ts';

test('the domain comes out as a lower-case A-label, the local part as it was given (RFC 5321 §2.4)', () => {
  assert.deepEqual(parseAddress('Ana+News@EXAMPLE.Test'), {
    ok: true,
    value: { local: 'Ana+News', domain: 'example.test' },
  });
  assert.deepEqual(parseAddress('用户@例子.test'), {
    ok: true,
    value: { local: '用户', domain: 'xn--fsqu00a.test' },
  });
});

test('quoted local parts and address literals are addresses (RFC 5321 §4.1.2)', () => {
  assert.ok(parseAddress('"a b"@example.test').ok);
  assert.ok(parseAddress('a@[127.0.0.1]').ok);
});

for (const bad of [
  '',
  'a',
  '@example.test',
  'a@',
  'a b@example.test',
  'a@ex ample.test',
  'a..b@example.test',
  '.a@example.test',
  `${'a'.repeat(65)}@example.test`,
  'a@-x.test',
  'a\r\n@example.test',
  'a@example.test\0',
]) {
  test(`refuses ${JSON.stringify(bad.slice(0, 30))}`, () => {
    assert.equal(parseAddress(bad).ok, false);
  });
}
