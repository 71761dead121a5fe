import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSchedule as schedule } from '@restante/retry-queue';
import { isGivenUp, retryDelayMs } from './give-up.ts';

const dayMs = 86_400_000;
const tired = {
  cause: 'next-hop-unreachable',
  attempts: 40,
  sinceFormerMs: 4 * 3_600_000,
  ageMs: 5 * dayMs,
} as const;

test('after five days of trying it is given up (RFC 5321 §4.5.4.1)', () => {
  assert.equal(isGivenUp(schedule, tired), true);
  assert.equal(isGivenUp(schedule, { ...tired, ageMs: 5 * dayMs - 1 }), false);
});

test('mail that an operator held for six days does not expire at its first 4xx', () => {
  for (const attempts of [1, 2])
    assert.equal(isGivenUp(schedule, { ...tired, attempts, ageMs: 6 * dayMs }), false);
  assert.ok(
    retryDelayMs(schedule, { attempts: 1, ageMs: 6 * dayMs }) >= schedule.firstDelayMs * 0.9,
  );
});

test('three tries in one breath are one try', () => {
  assert.equal(isGivenUp(schedule, { ...tired, attempts: 3, sinceFormerMs: 500 }), false);
});

test('what is our own fault, our stopping too, never gives mail up', () => {
  assert.equal(isGivenUp(schedule, { ...tired, cause: 'our-own-fault', ageMs: 50 * dayMs }), false);
});
