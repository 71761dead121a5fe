import assert from 'node:assert/strict';
import { test } from 'node:test';
import { momentFrom } from './mailbox-undelete.ts';

test('times are said as lengths before now, or as dates', () => {
  const nowMs = Date.UTC(2026, 10, 22, 12);
  assert.equal(momentFrom('30min', nowMs), nowMs - 1_800_000);
  assert.equal(momentFrom('2h', nowMs), nowMs - 7_200_000);
  assert.equal(momentFrom('1d', nowMs), nowMs - 86_400_000);
  assert.equal(momentFrom('2026-11-22T10:00Z', nowMs), nowMs - 7_200_000);
  for (const text of ['', '2', 'h', 'yesterday', '2026-99-99'])
    assert.throws(() => momentFrom(text, nowMs), { code: 'WRONG_USE' });
});
