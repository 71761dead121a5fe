import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExitMemory } from './exit-memory.ts';

const rules = { failuresMin: 3, afterMs: 1000, memoryMs: 10_000 };

test('it takes enough failures and enough time, in a row', () => {
  const memory = new ExitMemory(rules);
  assert.equal(memory.ownUnreachable('d', 0), false);
  assert.equal(memory.ownUnreachable('d', 10), false);
  assert.equal(memory.ownUnreachable('d', 20), false);
  assert.equal(memory.ownUnreachable('e', 1000), false);
  assert.equal(memory.ownUnreachable('d', 1000), true);
  assert.equal(memory.ownReached('d'), false);
  assert.equal(memory.ownUnreachable('d', 2000), false);
});

test('a peer that took mail is used for a while; then one message tries our own exit', () => {
  const memory = new ExitMemory(rules);
  for (const at of [0, 500, 1000]) memory.ownUnreachable('d', at);
  assert.equal(memory.peerTook('d', 'us', 1000), true);
  assert.equal(memory.peerTook('d', 'us', 2000), false);
  assert.equal(memory.peerFor('d', 10_999), 'us');
  assert.equal(memory.peerFor('d', 11_000), undefined);
  assert.equal(memory.peerFor('d', 11_000), 'us');
  // It failed: the peer again, for as long.
  assert.equal(memory.ownUnreachable('d', 11_500), true);
  memory.peerTook('d', 'us', 11_600);
  assert.equal(memory.peerFor('d', 21_000), 'us');
  assert.equal(memory.peerFor('d', 21_600), undefined);
  assert.equal(memory.ownReached('d'), true);
  assert.equal(memory.peerFor('d', 21_700), undefined);
});

test('a peer that refuses is not asked first any more', () => {
  const memory = new ExitMemory(rules);
  memory.peerTook('d', 'us', 0);
  memory.peerRefused('d');
  assert.equal(memory.peerFor('d', 1), undefined);
});
