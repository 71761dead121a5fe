import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatDuration, parseBytes, parseDuration } from './units.ts';

test('durations are read as people write them', () => {
  const cases = {
    '250ms': 250,
    '5s': 5000,
    '1min': 60_000,
    '4h': 14_400_000,
    '5d': 432_000_000,
    '1h 30min': 5_400_000,
    '1.5s': 1500,
    '0s': 0,
  };
  for (const [text, milliseconds] of Object.entries(cases))
    assert.deepEqual(parseDuration(text), { ok: true, value: milliseconds }, text);
});

test('a duration without a unit, with an unknown one or with something left over is refused', () => {
  for (const text of ['', '5', 's', '5 m', '5sec', '-5s', '1h x', '5s;', '9999999999999d'])
    assert.equal(parseDuration(text).ok, false, text);
});

test('KB is a thousand, KiB is 1024', () => {
  assert.deepEqual(parseBytes('256KiB'), { ok: true, value: 262_144 });
  assert.deepEqual(parseBytes('1.5 MB'), { ok: true, value: 1_500_000 });
  for (const text of ['', '5', '5K', '5kib', '-1B', '99999999TiB'])
    assert.equal(parseBytes(text).ok, false, text);
});

test('what is printed can be read back', () => {
  for (const value of [0, 1, 999, 1000, 1024, 65_536, 5_400_000, 262_144, 123_456_789]) {
    assert.deepEqual(parseDuration(formatDuration(value)), { ok: true, value });
    assert.deepEqual(parseBytes(formatBytes(value)), { ok: true, value });
  }
});
