import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listPattern } from './list-pattern.ts';

function matching(pattern: string, ...names: readonly string[]): readonly string[] {
  return names.filter((name) => listPattern(pattern).matches(name));
}

const names = ['INBOX', 'a', 'a/b', 'a/b/c', 'ab', 'b'];

test('"*" goes across levels and "%" does not (RFC 3501 §6.3.8)', () => {
  assert.deepEqual(matching('*', ...names), names);
  assert.deepEqual(matching('%', ...names), ['INBOX', 'a', 'ab', 'b']);
  assert.deepEqual(matching('a/%', ...names), ['a/b']);
  assert.deepEqual(matching('a%', ...names), ['a', 'ab']);
  assert.deepEqual(matching('a*', ...names), ['a', 'a/b', 'a/b/c', 'ab']);
  assert.deepEqual(matching('%/%', ...names), ['a/b']);
  assert.deepEqual(matching('%/*', ...names), ['a/b', 'a/b/c']);
  assert.deepEqual(matching('*b', ...names), ['a/b', 'ab', 'b']);
  assert.deepEqual(matching('a%c', ...names), []);
  assert.deepEqual(matching('a*c', ...names), ['a/b/c']);
  assert.deepEqual(matching('*%', ...names), names);
});

test('patterns made to be slow are not (threat 19)', () => {
  const name = 'a'.repeat(250);
  const startMs = performance.now();
  for (let count = 0; count < 200; count += 1) {
    assert.equal(listPattern(`${'%a*'.repeat(120)}b`).matches(name), false);
  }
  assert.equal(listPattern('*a'.repeat(30_000)).matches(name), false);
  assert.ok(performance.now() - startMs < 5_000);
});
