import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRateCounter } from './rate-counter.ts';

const windowMs = 60_000;

test('never counts more than the last two windows hold, never less than the running one', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40_000), { minLength: 1, maxLength: 200 }), (pauses) => {
      const counter = createRateCounter({ windowMs, keysMax: 10 });
      const times: number[] = [];
      let nowMs = 1_000_000_000;
      for (const pauseMs of pauses) {
        nowMs += pauseMs;
        times.push(nowMs);
        const counted = counter.add('192.0.2.1', nowMs);
        const runningFromMs = nowMs - (nowMs % windowMs);
        const running = times.filter((ms) => ms >= runningFromMs).length;
        const both = times.filter((ms) => ms >= runningFromMs - windowMs).length;
        assert.ok(counted >= running && counted <= both);
      }
    }),
  );
});

test('a steady rate is counted as what it is', () => {
  const counter = createRateCounter({ windowMs, keysMax: 10 });
  let counted = 0;
  for (let nowMs = 0; nowMs < 10 * windowMs; nowMs += 1000) counted = counter.add('a', nowMs);
  assert.ok(Math.abs(counted - 60) <= 2, `${counted}`);
});

test('forgets the key that was used least recently, not the one that is busy', () => {
  const counter = createRateCounter({ windowMs, keysMax: 100 });
  for (let index = 0; index < 10_000; index += 1) {
    counter.add('busy', 5000);
    counter.add(`other-${index}`, 5000);
  }
  assert.equal(counter.count('busy', 5000), 10_000);
  assert.equal(counter.count('other-1', 5000), 0);
});

test('a clock that steps back does not punish anybody', () => {
  const counter = createRateCounter({ windowMs, keysMax: 100 });
  counter.add('a', 10 * windowMs);
  assert.ok(counter.add('a', 0) <= 2);
});
