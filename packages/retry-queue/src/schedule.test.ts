import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultSchedule, delayNoticeDue, nextStep } from './schedule.ts';

const minute = 60_000;
const hour = 60 * minute;
const middle = () => 0.5;

function delay(attemptsMade: number, ageMs = 0, random = middle): number {
  const step = nextStep(defaultSchedule, { attemptsMade, ageMs }, random);
  assert.equal(step.kind, 'retry');
  return step.kind === 'retry' ? step.delayMs : 0;
}

test('retries grow from one minute to four hours and stay there (RFC 5321 §4.5.4.1)', () => {
  const minutes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100].map((made) => delay(made) / minute);
  assert.deepEqual(minutes, [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240]);
});

test('gives up at five days of age and not a moment before (RFC 5321 §4.5.4.1)', () => {
  const lifetimeMs = 5 * 24 * hour;
  assert.deepEqual(nextStep(defaultSchedule, { attemptsMade: 40, ageMs: lifetimeMs }, middle), {
    kind: 'give-up',
  });
  assert.equal(delay(40, lifetimeMs - 1), 1);
  assert.equal(
    delay(40, lifetimeMs - hour),
    hour,
    'the last attempt is at the end of the lifetime',
  );
});

test('any delay is positive, within jitter of the maximum, and never later than the lifetime', () => {
  fc.assert(
    fc.property(
      fc.nat(10_000),
      fc.nat(defaultSchedule.lifetimeMs - 1),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attemptsMade, ageMs, chance) => {
        const delayMs = delay(attemptsMade, ageMs, () => chance);
        assert.ok(delayMs >= 1 && delayMs <= defaultSchedule.delayMaxMs * 1.1);
        assert.ok(ageMs + delayMs <= defaultSchedule.lifetimeMs);
      },
    ),
  );
});

test('chance spreads a crowd: low and high draws differ by a fifth of the delay', () => {
  assert.equal(delay(5, 0, () => 0) / minute, 14.4);
  assert.equal(Math.round(delay(5, 0, () => 0.999_999) / minute), 18);
});

test('the delay notice is due once, after four hours, and not for a message that is given up', () => {
  assert.equal(delayNoticeDue(defaultSchedule, { ageMs: 4 * hour - 1, noticeSent: false }), false);
  assert.equal(delayNoticeDue(defaultSchedule, { ageMs: 4 * hour, noticeSent: false }), true);
  assert.equal(delayNoticeDue(defaultSchedule, { ageMs: 5 * hour, noticeSent: true }), false);
  assert.equal(delayNoticeDue(defaultSchedule, { ageMs: 121 * hour, noticeSent: false }), false);
});
