import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overlapMs } from './outage-log.ts';

test('time in which a home was away does not age its mail (law 8)', () => {
  const outages = [{ fromMs: 100, untilMs: 200 }, { fromMs: 300 }];
  assert.equal(overlapMs(outages, 0, 400), 200);
  assert.equal(overlapMs(outages, 150, 350), 100);
  assert.equal(overlapMs(outages, 210, 290), 0);
});

test('an outage of the home and one of our own at the same time count once', () => {
  assert.equal(
    overlapMs(
      [
        { fromMs: 0, untilMs: 100 },
        { fromMs: 50, untilMs: 150 },
        { fromMs: 60, untilMs: 70 },
      ],
      0,
      1000,
    ),
    150,
  );
});
