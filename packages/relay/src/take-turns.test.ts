import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeTurns } from './take-turns.ts';

test('who asks in the middle of a run gets the next one, together with the others, and thorough if one of them wants it', async () => {
  const runs: { readonly thorough: boolean; readonly end: PromiseWithResolvers<number> }[] = [];
  const turns = takeTurns(async ({ thorough }) => {
    const end = Promise.withResolvers<number>();
    runs.push({ thorough, end });
    return end.promise;
  });
  const first = turns.run({ thorough: false });
  const second = turns.run({ thorough: false });
  const third = turns.run({ thorough: true });
  assert.equal(runs.length, 1);
  runs[0]?.end.resolve(1);
  assert.equal(await first, 1);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    runs.map(({ thorough }) => thorough),
    [false, true],
  );
  runs[1]?.end.resolve(2);
  assert.deepEqual(await Promise.all([second, third]), [2, 2]);
});

test('a run that fails does not fail the next one', async () => {
  let count = 0;
  const turns = takeTurns(async () => {
    count += 1;
    if (count === 1) throw new Error('Redis is away');
    return count;
  });
  const [first, second] = await Promise.allSettled([
    turns.run({ thorough: true }),
    turns.run({ thorough: true }),
  ]);
  assert.equal(first.status, 'rejected');
  assert.deepEqual(second, { status: 'fulfilled', value: 2 });
  await turns.settled();
});
