import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isForgotten, isLive, isNewer, readEntry } from './entry-rules.ts';
import { entryFrom, tombstoneOf } from './new-entry.ts';

const dayMs = 86_400_000;
const nowMs = 100 * dayMs;
const made = entryFrom(
  { list: 'block', subject: 'spam.example', reason: 'because\nof\u001b[2J it', author: 'ops' },
  nowMs,
  () => undefined,
);

test('of two words about one entry the newer counts; at the same moment a removal; else the same one at every site', () => {
  const later = { ...made, changedAtMs: nowMs + 1 };
  assert.ok(isNewer(later, made) && !isNewer(made, later));
  const removed = { ...made, isRemoved: true as const };
  assert.ok(isNewer(removed, made) && !isNewer(made, removed));
  const other = { ...made, reason: 'zzz' };
  assert.equal(isNewer(other, made), !isNewer(made, other));
  assert.equal(isNewer(made, made), false);
});

test('the newest word is the newest, even when the clock that wrote the one before was ahead', () => {
  const ahead = { ...made, changedAtMs: nowMs + 3_600_000 };
  assert.ok(isNewer(tombstoneOf(ahead, 'ops', nowMs), ahead));
  const again = entryFrom(
    { list: 'block', subject: 'SPAM.example', reason: 'other', author: 'ops' },
    nowMs,
    () => ahead,
  );
  assert.ok(isNewer(again, ahead));
  assert.equal(again.id, ahead.id);
});

test('an entry ends by itself, and is remembered for 30 days after it is over', () => {
  const ending = { ...made, expiresAtMs: nowMs + dayMs };
  assert.ok(isLive(ending, nowMs) && !isLive(ending, nowMs + dayMs));
  assert.equal(isForgotten(ending, nowMs + 31 * dayMs), false);
  assert.equal(isForgotten(ending, nowMs + 32 * dayMs), true);
  assert.equal(isForgotten(made, nowMs + 1000 * dayMs), false);
  const removed = tombstoneOf(made, 'ops', nowMs);
  assert.equal(isForgotten(removed, nowMs + 29 * dayMs), false);
  assert.equal(isForgotten(removed, nowMs + 31 * dayMs), true);
});

test('what is said of an entry is one plain line', () => {
  assert.equal(made.reason, 'because of [2J it');
});

test('from a file or from another site only what we could have written is an entry', () => {
  assert.deepEqual(readEntry(JSON.parse(JSON.stringify(made)), nowMs), made);
  for (const change of [
    { id: '0000000000000000' },
    { list: 'maybe' },
    { subject: { kind: 'network', network: '0.0.0.0/0' } },
    { subject: { kind: 'network', network: 'spam.example' } },
    { subject: { kind: 'domain', domain: 'SPAM.example' } },
    { subject: 'spam.example' },
    { for: 'Not lower@b.test' },
    { reason: 'a\nb' },
    { reason: 'x'.repeat(501) },
    { author: '' },
    { changedAtMs: nowMs + 2 * dayMs },
    { changedAtMs: 1.5 },
    { expiresAtMs: -1 },
    { createdAtMs: 'yesterday' },
  ])
    assert.equal(readEntry({ ...made, ...change }, nowMs), undefined, JSON.stringify(change));
  for (const value of [null, 'x', 7, [], {}]) assert.equal(readEntry(value, nowMs), undefined);
});
