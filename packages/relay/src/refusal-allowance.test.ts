import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRefusalAllowance } from './refusal-allowance.ts';

test('an ordinary day is written down whole, a flood only at its beginning, and quiet brings room back', () => {
  const allowance = createRefusalAllowance();
  const takenOf = (count: number, nowMs: number) => {
    let taken = 0;
    for (let tried = 0; tried < count; tried += 1) if (allowance.take(nowMs)) taken += 1;
    return taken;
  };
  for (let second = 0; second < 86_400; second += 1)
    assert.equal(takenOf(5, second * 1000), 5, `second ${second}`);
  const beganMs = 86_400_000;
  let written = 0;
  for (let second = 0; second < 3600; second += 1) written += takenOf(200, beganMs + second * 1000);
  assert.ok(written >= 6000 && written < 6000 + 3700 * 10, `${written}`);
  assert.equal(takenOf(10_000, beganMs + 7_200_000), 6000);
  assert.equal(takenOf(10, 0), 0, 'a clock that steps back gives nothing');
});
