// The lists on a real disk: kept over restarts and torn lines, merged with those of another site.
import assert from 'node:assert/strict';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { openOperatorLists, PolicyError, type OperatorLists } from '../src/index.ts';

const dayMs = 86_400_000;
const time = { nowMs: Date.now() };
const clock = { now: () => time.nowMs };
const by = { reason: 'spam', author: 'ops' };
const failsWith = (code: string) => (failure: unknown) =>
  failure instanceof PolicyError && failure.code === code;
const subjectsOf = (lists: OperatorLists) =>
  lists.entries().map(({ subject }) => Object.values(subject)[1]);

test('what was added is there after a restart, what was removed is not', async () => {
  await using made = await temporaryDirectory();
  const first = await openOperatorLists({ dir: made.path, clock });
  const kept = await first.add({ ...by, list: 'block', subject: '192.0.2.0/24' });
  const gone = await first.add({ ...by, list: 'allow', subject: 'b.test', for: 'Ana@a.test' });
  assert.equal(await first.remove(gone.id, 'bo'), true);
  assert.equal(await first.remove(gone.id, 'bo'), false);
  assert.equal(await first.remove('nothing', 'bo'), false);
  await first[Symbol.asyncDispose]();

  await using again = await openOperatorLists({ dir: made.path, clock });
  assert.deepEqual(again.entries(), [kept]);
  assert.deepEqual(again.match({ clientAddress: '192.0.2.9' }), [kept]);
  assert.deepEqual(
    again.snapshot().map(({ author, isRemoved }) => [author, isRemoved]),
    [
      ['ops', undefined],
      ['bo', true],
    ],
  );
});

test('the same again is no change; another reason is one, and the entry stays the same', async () => {
  await using made = await temporaryDirectory();
  await using lists = await openOperatorLists({ dir: made.path, clock });
  let changes = 0;
  using _listening = lists.onChange(() => (changes += 1));
  const first = await lists.add({ ...by, list: 'block', subject: 'Spam.example' });
  assert.deepEqual(await lists.add({ ...by, list: 'block', subject: 'spam.example' }), first);
  assert.equal(changes, 1);
  const other = await lists.add({ ...by, reason: 'more', list: 'block', subject: 'spam.example' });
  assert.equal(other.id, first.id);
  assert.equal(lists.entries().length, 1);
  assert.equal(changes, 2);
});

test('many changes at once are all there, in the order they were made', async () => {
  await using made = await temporaryDirectory();
  const lists = await openOperatorLists({ dir: made.path, clock });
  const subjects = Array.from({ length: 3000 }, (_, index) => `s${index}.example`);
  const added = await Promise.all(
    subjects.map(async (subject) => lists.add({ ...by, list: 'block', subject })),
  );
  await Promise.all(added.slice(0, 2000).map(async ({ id }) => lists.remove(id, 'ops')));
  await lists[Symbol.asyncDispose]();
  await using again = await openOperatorLists({ dir: made.path, clock });
  assert.deepEqual(subjectsOf(again), subjects.slice(2000));
});

test('an entry ends at its time, and the lists have an end', async () => {
  await using made = await temporaryDirectory();
  await using lists = await openOperatorLists({ dir: made.path, clock, entriesMax: 2 });
  const expiresAtMs = time.nowMs + 1000;
  await lists.add({ ...by, list: 'block', subject: 'a.example', expiresAtMs });
  await lists.add({ ...by, list: 'block', subject: 'b.example' });
  await assert.rejects(
    lists.add({ ...by, list: 'block', subject: 'c.example' }),
    failsWith('LISTS_FULL'),
  );
  time.nowMs += 1000;
  assert.deepEqual(lists.match({ sender: 'x@a.example' }), []);
  await lists.add({ ...by, list: 'block', subject: 'c.example' });
  assert.deepEqual(subjectsOf(lists), ['b.example', 'c.example']);
});

test('what is no entry is refused with a word why', async () => {
  await using made = await temporaryDirectory();
  await using lists = await openOperatorLists({ dir: made.path, clock });
  const list = 'block';
  for (const wrong of [
    { subject: '0.0.0.0/0' },
    { subject: 'spam.example', for: 'not an address@' },
    { subject: 'spam.example', author: ' ' },
    { subject: 'spam.example', reason: 'x'.repeat(501) },
    { subject: 'spam.example', expiresAtMs: time.nowMs },
  ])
    await assert.rejects(lists.add({ ...by, list, ...wrong }), failsWith('ENTRY_INVALID'));
  assert.deepEqual(lists.snapshot(), []);
});

test('a line cut by a power cut is dropped, one that is none is set aside and told', async () => {
  await using made = await temporaryDirectory();
  const file = join(made.path, 'operator-lists.jsonl');
  const lists = await openOperatorLists({ dir: made.path, clock });
  for (const subject of ['a.example', 'b.example'])
    await lists.add({ ...by, list: 'block', subject });
  await lists[Symbol.asyncDispose]();
  const [first = '', second = ''] = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, `${first}\n{"list":"block"}\n${second}\n`);
  await appendFile(file, first.slice(0, 40));
  const damaged: number[] = [];
  await using again = await openOperatorLists({
    dir: made.path,
    clock,
    onDamaged: (count) => void damaged.push(count),
  });
  assert.deepEqual(subjectsOf(again), ['a.example', 'b.example']);
  assert.deepEqual(damaged, [1]);
  assert.equal(
    await readFile(join(made.path, 'operator-lists.damaged'), 'utf8'),
    '{"list":"block"}\n',
  );
  await again.add({ ...by, list: 'block', subject: 'c.example' });
});

test('two sites that tell each other end with the same lists, whoever speaks first and however often', async () => {
  await using one = await temporaryDirectory();
  await using other = await temporaryDirectory();
  await using here = await openOperatorLists({ dir: one.path, clock });
  await using there = await openOperatorLists({ dir: other.path, clock });
  const shared = await here.add({ ...by, list: 'block', subject: 'a.example' });
  assert.equal(await there.merge(here.snapshot()), 1);
  assert.equal(await there.merge(here.snapshot()), 0);
  time.nowMs += 1000;
  await here.remove(shared.id, 'ops');
  await there.add({ ...by, list: 'block', subject: 'b.example' });
  // Told the old word again, before the new one.
  await here.merge([shared]);
  await here.merge(there.snapshot());
  await there.merge(here.snapshot());
  await here.merge([{ nonsense: true }, null, 7, { ...shared, id: 'x' }]);
  const known = (lists: OperatorLists) =>
    lists.snapshot().toSorted((a, b) => (a.id < b.id ? -1 : 1));
  assert.deepEqual(known(here), known(there));
  assert.deepEqual(subjectsOf(here), ['b.example']);
  // A site that was away for weeks brings nothing back.
  time.nowMs += 20 * dayMs;
  assert.equal(await here.merge([shared]), 0);
});

test('changes are told in pages behind a cursor; a cursor of another life begins anew', async () => {
  await using made = await temporaryDirectory();
  await using lists = await openOperatorLists({ dir: made.path, clock });
  await Promise.all(
    Array.from({ length: 1500 }, async (_, index) =>
      lists.add({ ...by, list: 'block', subject: `s${index}.example` }),
    ),
  );
  const first = lists.changes(undefined);
  assert.deepEqual([first.entries.length, first.hasMore], [1000, true]);
  const second = lists.changes(first.cursor);
  assert.deepEqual([second.entries.length, second.hasMore], [500, false]);
  assert.equal(second.cursor, lists.cursor);
  assert.deepEqual(lists.changes(second.cursor).entries, []);
  const [changed] = second.entries;
  await lists.remove(changed?.id ?? '', 'ops');
  assert.deepEqual(
    lists.changes(second.cursor).entries.map(({ id, isRemoved }) => [id, isRemoved]),
    [[changed?.id, true]],
  );
  for (const cursor of ['', 'x.5', `${lists.cursor}0x`, 'x', '.'])
    assert.equal(lists.changes(cursor).entries.length, 1000);
});

test('a change that did not reach the disk is not there, and the next one is', async () => {
  await using made = await temporaryDirectory();
  const dir = join(made.path, 'lists');
  await using lists = await openOperatorLists({ dir, clock });
  await rm(dir, { recursive: true });
  const change = { ...by, list: 'block' as const };
  await assert.rejects(
    lists.add({ ...change, subject: 'a.example' }),
    failsWith('LISTS_NOT_SAVED'),
  );
  assert.deepEqual(lists.entries(), []);
  await assert.rejects(
    lists.add({ ...change, subject: 'a.example' }),
    failsWith('LISTS_NOT_SAVED'),
  );
  await openOperatorLists({ dir, clock });
  await lists.add({ ...change, subject: 'b.example' });
  await lists[Symbol.asyncDispose]();
  await using again = await openOperatorLists({ dir, clock });
  assert.deepEqual(subjectsOf(again), ['b.example']);
});
