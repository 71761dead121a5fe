import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRateMeter } from './eta.ts';

test('a steady drain shows its rate and the time it still takes', () => {
  const meter = createRateMeter();
  for (let ms = 1_000_000; ms < 1_010_000; ms += 10) meter.add(ms, 1);
  assert.ok(Math.abs(meter.ratePerSecond(1_010_000) - 100) < 2);
  assert.ok(Math.abs((meter.etaSeconds(1_010_000, 6000) ?? 0) - 60) < 2);
});

test('nothing left is zero, nothing moving is unknown', () => {
  const meter = createRateMeter();
  assert.equal(meter.etaSeconds(5000, 0), 0);
  assert.equal(meter.etaSeconds(5000, 10), undefined);
  meter.add(5000);
  assert.equal(meter.etaSeconds(5000 + 31_000 * 2, 10), undefined, 'old speed is forgotten');
});

test('the rate is never negative or beyond what was added', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5000), fc.nat(50)), { minLength: 1 }), (steps) => {
      const meter = createRateMeter({ windowSeconds: 10 });
      let nowMs = 7_000_000;
      let total = 0;
      for (const [pauseMs, count] of steps) {
        nowMs += pauseMs;
        total += count;
        meter.add(nowMs, count);
        const rate = meter.ratePerSecond(nowMs);
        assert.ok(rate >= 0 && rate <= total);
      }
    }),
  );
});
