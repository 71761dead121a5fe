import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurns } from './turns.ts';

test('so many at a time, the others in the order they came, none lost to those who gave up', async () => {
  const turns = createTurns(1);
  const never = new AbortController();
  const tired = new AbortController();
  const order: string[] = [];
  const first = await turns.take(never.signal);
  const second = turns.take(tired.signal).catch(() => order.push('tired'));
  const third = turns.take(never.signal).then((turn) => {
    order.push('third');
    return turn;
  });
  tired.abort();
  await second;
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  (await turns.take(never.signal))[Symbol.dispose]();
  assert.deepEqual(order, ['tired', 'third']);
});
