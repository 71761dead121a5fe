import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerHealth } from '@restante/health';
import { createSecondTry } from './second-try.ts';

function seen(lastProbeAtMs: number, ok = true): PeerHealth {
  const lastProbe = ok
    ? ({ ok, durationMs: 1 } as const)
    : ({ ok, durationMs: 1, stage: 'tcp', problem: 'refused' } as const);
  return { peer: 'us', state: 'up', sinceMs: 0, flaps: 0, lastProbe, lastProbeAtMs };
}

test('the first clean probe after a miss makes put-off mail due, once', () => {
  const again = createSecondTry();
  assert.equal(again.isDue(seen(10), 20), false, 'nothing was missed');
  again.noteMiss(100);
  assert.equal(again.isDue(seen(90), 200), false, 'that probe was before the miss');
  assert.equal(again.isDue(seen(150, false), 200), false, 'nobody there yet');
  assert.equal(again.isDue({ ...seen(300), state: 'suspect' }, 310), false, 'its mail is held');
  assert.equal(again.isDue(seen(400), 410), true);
  assert.equal(again.isDue(seen(500), 510), false);
});

test('a home that answers probes and drops deliveries is tried at growing pauses, and patiently again after quiet', () => {
  const again = createSecondTry();
  const triedAtMs: number[] = [];
  for (let nowMs = 0; nowMs < 200_000; nowMs += 500) {
    again.noteMiss(nowMs);
    if (again.isDue(seen(nowMs + 1), nowMs + 2)) triedAtMs.push(nowMs);
  }
  assert.ok(triedAtMs.length <= 8, `tried at ${triedAtMs.join(' ')}`);
  again.noteMiss(900_000);
  assert.equal(again.isDue(seen(900_001), 900_002), true);
  again.noteMiss(902_100);
  assert.equal(again.isDue(seen(902_101), 902_102), true);
});

test('what was made due with its route is not made due again', () => {
  const again = createSecondTry();
  again.noteMiss(100);
  again.forget();
  assert.equal(again.isDue(seen(200), 210), false);
});
