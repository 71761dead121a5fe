import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spamLevelOf } from './spam-level.ts';

const levels = { likelyScore: 5, definiteScore: 10, refuseScore: 0 };
const score = (value: number, by: 'spamd' | 'rspamd' = 'spamd') =>
  ({ by, score: value, threshold: 5, rules: [] }) as const;

test('the surer one decides; nobody is no opinion', () => {
  assert.deepEqual(spamLevelOf([], levels), { isRefused: false });
  assert.equal(spamLevelOf([score(4.9), score(2, 'rspamd')], levels).level, undefined);
  assert.equal(spamLevelOf([score(1), score(5, 'rspamd')], levels).level, 'likely');
  assert.equal(spamLevelOf([score(1), score(5, 'rspamd')], levels).highest?.by, 'rspamd');
  assert.equal(spamLevelOf([score(1000)], levels).level, 'definite');
});

test('0 is never', () => {
  assert.equal(spamLevelOf([score(1000)], levels).isRefused, false);
  assert.equal(spamLevelOf([score(20)], { ...levels, refuseScore: 20 }).isRefused, true);
  assert.equal(spamLevelOf([score(0)], { ...levels, likelyScore: 0 }).level, undefined);
  assert.equal(spamLevelOf([score(99)], { ...levels, definiteScore: 0 }).level, 'likely');
});
