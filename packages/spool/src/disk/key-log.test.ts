import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyLog } from './key-log.ts';

const key = (...words: readonly number[]): Uint32Array => Uint32Array.from(words);

test('the keys of a message are found by the place of its record, and the record by its key', () => {
  const log = new KeyLog();
  for (let nth = 0; nth < 100; nth += 1) log.add(nth * 50, key(nth, 1, 1, nth, 2, 2));
  log.add(9000, key());
  log.add(9050, key(7, 7, 7));
  assert.deepEqual(log.keysAt(150), key(3, 1, 1, 3, 2, 2));
  assert.deepEqual(log.keysAt(9000), key());
  assert.deepEqual(log.keysAt(9050), key(7, 7, 7));
  assert.deepEqual(log.keysAt(151), key());
  assert.equal(log.ownerOf(42, 2, 2), 2100);
  assert.equal(log.ownerOf(7, 7, 7), 9050);
  assert.equal(log.ownerOf(1, 2, 3), undefined);
  assert.equal(log.keyCount, 201);
});
