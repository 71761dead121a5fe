import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupCommit } from './group-commit.ts';

test('who asks while one runs shares the next; a lone caller waits for nobody', async () => {
  const groups: (readonly number[])[] = [];
  const gates: (() => void)[] = [];
  const commit = new GroupCommit<number, number>(async (items) => {
    groups.push(items);
    await new Promise<void>((resolve) => gates.push(resolve));
    return items.map((item) => item * 10);
  });
  const first = commit.request(1);
  assert.deepEqual(groups, [[1]]);
  const rest = [commit.request(2), commit.request(3)];
  assert.deepEqual(groups, [[1]]);
  gates.shift()?.();
  assert.equal(await first, 10);
  gates.shift()?.();
  assert.deepEqual(await Promise.all(rest), [20, 30]);
  assert.deepEqual(groups, [[1], [2, 3]]);
});

test('a failure reaches everybody it was for, and the next group starts afresh', async () => {
  let runs = 0;
  const commit = new GroupCommit<number, number>(async (items) => {
    runs += 1;
    if (runs === 2) throw new Error('disk');
    return items;
  });
  const answers = await Promise.allSettled([
    commit.request(1),
    commit.request(2),
    commit.request(3),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected'],
  );
  assert.equal(await commit.request(4), 4);
});
