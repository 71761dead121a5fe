import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBreaker } from './breaker.ts';

function breakerAt(now: { ms: number }) {
  const changes: string[] = [];
  const breaker = createBreaker({
    failuresMax: 3,
    restMs: 1000,
    nowMs: () => now.ms,
    onChange: (to) => changes.push(to),
  });
  return { breaker, changes };
}

test('three failures in a row, not three in all, and it is left alone', () => {
  const { breaker, changes } = breakerAt({ ms: 0 });
  breaker.enter()?.failed('a');
  breaker.enter()?.failed('b');
  breaker.enter()?.succeeded();
  breaker.enter()?.failed('c');
  breaker.enter()?.failed('d');
  assert.notEqual(breaker.enter(), undefined);
  breaker.enter()?.failed('e');
  assert.equal(breaker.enter(), undefined);
  assert.equal(breaker.why, 'e');
  assert.deepEqual(changes, ['left-alone']);
});

test('after its rest exactly one tries; what it finds decides', () => {
  const now = { ms: 0 };
  const { breaker, changes } = breakerAt(now);
  for (const why of ['a', 'b', 'c']) breaker.enter()?.failed(why);
  now.ms = 1000;
  const trial = breaker.enter();
  assert.notEqual(trial, undefined);
  assert.equal(breaker.enter(), undefined);
  trial?.failed('still');
  assert.equal(breaker.enter(), undefined);
  now.ms = 2000;
  // Whoever came to nothing for reasons of her own leaves the trial to the next.
  breaker.enter()?.withdrawn();
  breaker.enter()?.succeeded();
  assert.notEqual(breaker.enter(), undefined);
  assert.deepEqual(changes, ['left-alone', 'used']);
});

test('those that began before it was left alone do not prolong its rest', () => {
  const now = { ms: 0 };
  const { breaker } = breakerAt(now);
  const late = breaker.enter();
  for (const why of ['a', 'b', 'c']) breaker.enter()?.failed(why);
  now.ms = 999;
  late?.failed('late');
  now.ms = 1000;
  assert.notEqual(breaker.enter(), undefined);
});
