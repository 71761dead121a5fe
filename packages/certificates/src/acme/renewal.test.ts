import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs, renewAtMs } from './renewal.ts';

const dayMs = 86_400_000;

test('a certificate of ninety days is renewed within its days 55 to 60', () => {
  const life = { beginsAtMs: 0, expiresAtMs: 90 * dayMs };
  assert.equal(Math.round(renewAtMs(life, 0) / dayMs), 60);
  assert.equal(Math.floor(renewAtMs(life, 1) / dayMs), 55);
});

test('a certificate of six days leaves two for trouble', () => {
  assert.equal(renewAtMs({ beginsAtMs: 0, expiresAtMs: 6 * dayMs }, 0), 4 * dayMs);
});

test('failures wait a minute, then twice as long each time, at most six hours and a half more', () => {
  assert.equal(backoffMs(1, 0), 60_000);
  assert.equal(backoffMs(4, 0), 480_000);
  assert.equal(backoffMs(50, 0), 6 * 3_600_000);
  assert.equal(backoffMs(50, 1), 9 * 3_600_000);
});

test('what the authority asks for is the least (RFC 8555 §6.6)', () => {
  assert.equal(backoffMs(1, 0, 3_600_000), 3_600_000);
  assert.equal(backoffMs(50, 0, 1000), 6 * 3_600_000);
});
