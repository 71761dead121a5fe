import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyFlags, KeyTable, minuteOf } from './key-table.ts';

const nowMs = Date.UTC(2026, 5, 1);

test('keys are found after the table grew, with what was said about them', () => {
  const table = new KeyTable(16);
  for (let key = 1; key <= 5000; key += 1)
    table.set(key, key * 7, 1, key % 2 === 0 ? keyFlags.confirmed : 0);
  for (let key = 1; key <= 5000; key += 1) {
    assert.equal((table.get(key, key * 7, 1) & keyFlags.confirmed) !== 0, key % 2 === 0);
  }
  assert.equal(table.get(1, 7, 2), 0);
  assert.equal(table.size, 5000);
});

test('a key that collides in its first word is another key', () => {
  const table = new KeyTable(16);
  table.set(3, 1, 1, keyFlags.fresh);
  table.set(3, 2, 1, keyFlags.confirmed);
  assert.notEqual(table.get(3, 1, 1) & keyFlags.fresh, 0);
  assert.equal(table.get(3, 2, 1) & keyFlags.fresh, 0);
});

test('restoring takes a key back to what it was, also to nothing', () => {
  const table = new KeyTable(16);
  table.restore(1, 1, 1, 0);
  assert.equal(table.get(1, 1, 1), 0);
  table.set(1, 1, 1, keyFlags.confirmed);
  const before = table.get(1, 1, 1);
  table.set(1, 1, 1, keyFlags.fresh);
  table.restore(1, 1, 1, before);
  assert.equal(table.get(1, 1, 1), before);
});

test('a sweep drops what is older than its minute and keeps what was touched', () => {
  const table = new KeyTable(16);
  const old = minuteOf(nowMs - 3_600_000);
  table.set(1, 1, 1, old);
  table.set(2, 2, 2, old);
  table.touch(2, 2, 2, minuteOf(nowMs));
  table.sweep(() => minuteOf(nowMs - 60_000));
  assert.equal(table.get(1, 1, 1), 0);
  assert.notEqual(table.get(2, 2, 2), 0);
  assert.equal(table.size, 1);
});

test('a million keys cost 32 MiB', () => {
  const table = new KeyTable();
  const before = process.memoryUsage().arrayBuffers;
  for (let key = 0; key < 1_000_000; key += 1) table.set((key * 2_654_435_761) >>> 0, key, 1, 0);
  assert.ok(process.memoryUsage().arrayBuffers - before < 50 * 1024 * 1024);
});
