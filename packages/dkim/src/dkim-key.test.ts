import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateOf, zoneLine } from './dkim-key.ts';

test('a key is published before it signs, and stays published after it did', () => {
  const key = { signsFromMs: 100, signsUntilMs: 200 };
  const at = (nowMs: number) => stateOf(key, { nowMs, keepRecordMs: 50 });
  assert.equal(at(99), 'coming');
  assert.equal(at(100), 'signing');
  assert.equal(at(200), 'ended');
  assert.equal(at(249), 'ended');
  assert.equal(at(250), 'retired');
  assert.equal(stateOf({ signsFromMs: 1 }, { nowMs: 1e15, keepRecordMs: 0 }), 'signing');
});

test('a zone file carries the record in strings of at most 255 bytes (RFC 1035 §3.3.14)', () => {
  const line = zoneLine({ name: 's._domainkey.x.test', value: 'p'.repeat(400) });
  assert.equal(line, `s._domainkey.x.test. IN TXT ( "${'p'.repeat(255)}" "${'p'.repeat(145)}" )`);
});
