import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authenticationResultsValue } from './authentication-results.ts';
import type { MethodResult } from './authentication-results.ts';
import { readOurResults } from './read-results.ts';

test('what we write is read back, quotes, semicolons and all (RFC 8601 §2.2)', () => {
  const methods: readonly MethodResult[] = [
    { method: 'iprev', result: 'pass', properties: [['policy.iprev', '2001:db8::1']] },
    {
      method: 'dkim',
      result: 'fail',
      reason: 'a "b"; dkim=pass header.d=bank.test \\',
      properties: [
        ['header.d', 'x.test'],
        ['header.b', 'aB/+=cde'],
      ],
    },
    { method: 'spf', result: 'pass', properties: [['smtp.mailfrom', 'a@x.test']] },
  ];
  const read = readOurResults(authenticationResultsValue({ authservId: 'mx.us.test', methods }));
  assert.deepEqual(
    read.map(({ method, result }) => [method, result]),
    [
      ['iprev', 'pass'],
      ['dkim', 'fail'],
      ['spf', 'pass'],
    ],
  );
  assert.equal(read[0]?.properties.get('policy.iprev'), '2001:db8::1');
  assert.equal(read[1]?.properties.get('header.d'), 'x.test');
  assert.equal(read[1]?.properties.get('header.b'), 'aB/+=cde');
  assert.equal(read[2]?.properties.get('smtp.mailfrom'), 'a@x.test');
});

test('no results, and nonsense, are nothing', () => {
  assert.deepEqual(readOurResults('mx.us.test; none'), []);
  for (const text of ['', ';', '"', '\\', 'a;"', ';;=;x=;=y', 'a; b="\\'])
    assert.deepEqual(readOurResults(text), [], text);
  assert.equal(readOurResults(`a;${'x='.repeat(50_000)}`).length, 1);
});
