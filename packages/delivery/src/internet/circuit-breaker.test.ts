import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@restante/runtime';
import { CircuitBreaker } from './circuit-breaker.ts';

function breakerAt() {
  const at = { nowMs: 0 };
  const changes: string[] = [];
  const breaker = new CircuitBreaker({
    failuresMax: 3,
    pauseMs: 1000,
    pauseMaxMs: 3000,
    clock: { ...systemClock, monotonicMs: () => at.nowMs },
    onChange: (host, to) => changes.push(`${host} ${to}`),
  });
  const fail = (times = 1) => {
    for (let time = 0; time < times; time += 1) breaker.failed('a', new Error('refused'));
  };
  return { at, breaker, changes, fail };
}

test('after some failures in a row nobody tries for a while; then one does, and the pause doubles up to its bound', () => {
  const { at, breaker, changes, fail } = breakerAt();
  fail(2);
  assert.equal(breaker.mayTry('a').kind, 'yes');
  fail();
  const no = breaker.mayTry('a');
  assert.equal(no.kind === 'no' && no.forMs, 1000);
  assert.equal(breaker.mayTry('b').kind, 'yes');
  for (const pauseMs of [1000, 2000, 3000, 3000]) {
    at.nowMs += pauseMs;
    assert.equal(breaker.mayTry('a').kind, 'yes');
    assert.equal(breaker.mayTry('a').kind, 'no');
    fail();
  }
  at.nowMs += 3000;
  assert.equal(breaker.mayTry('a').kind, 'yes');
  breaker.reached('a');
  assert.equal(breaker.mayTry('a').kind, 'yes');
  assert.deepEqual(changes, ['a avoided', 'a reached']);
});

test('a session is forgiveness, a transaction is oblivion', () => {
  const { breaker, fail } = breakerAt();
  fail(3);
  breaker.reached('a');
  fail();
  assert.equal(breaker.mayTry('a').kind, 'no');
  breaker.served('a');
  fail(2);
  assert.equal(breaker.mayTry('a').kind, 'yes');
});

test('a probe that we gave up ourselves makes room for another one', () => {
  const { at, breaker, fail } = breakerAt();
  fail(3);
  at.nowMs = 1000;
  assert.equal(breaker.mayTry('a').kind, 'yes');
  breaker.letGo('a');
  assert.equal(breaker.mayTry('a').kind, 'yes');
});

test('failures of those who were on their way already do not make the pause longer', () => {
  const { at, breaker, fail } = breakerAt();
  fail(3);
  at.nowMs = 900;
  fail(5);
  at.nowMs = 1000;
  assert.equal(breaker.mayTry('a').kind, 'yes');
});
