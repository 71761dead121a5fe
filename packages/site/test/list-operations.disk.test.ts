// The lists as the site API sees them, over real lists on disk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarvestGuard, openOperatorLists } from '@restante/policy';
import { SiteApiError } from '@restante/site-api';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { createListOperations } from '../src/operations/list-operations.ts';

const failsWith = (code: string) => (failure: unknown) =>
  failure instanceof SiteApiError && failure.code === code;
const by = { reason: 'spam', author: 'ops' };

async function opened(stack: AsyncDisposableStack) {
  const { path: dir } = stack.use(await temporaryDirectory());
  const time = { nowMs: Date.now() };
  const clock = { now: () => time.nowMs };
  const lists = stack.use(await openOperatorLists({ dir, clock, entriesMax: 30 }));
  const guard = stack.use(
    createHarvestGuard({
      unknownMax: 1,
      windowMs: 60_000,
      blockMs: 60_000,
      addressesRemembered: 1000,
      site: 'us',
      clock,
    }),
  );
  return {
    time,
    lists,
    guard,
    operations: createListOperations({ site: 'us', lists, guard, clock }),
  };
}

test('every entry is on one page exactly, also when pages are small; what ended is on none', async () => {
  await using stack = new AsyncDisposableStack();
  const { operations, time } = await opened(stack);
  const expiresAtMs = time.nowMs + 1000;
  await operations.add({ ...by, list: 'block', subject: 'ending.example', expiresAtMs });
  for (let index = 0; index < 20; index += 1)
    await operations.add({ ...by, list: 'block', subject: `s${index}.example` });
  await operations.add({ ...by, list: 'allow', subject: 'good.example', for: 'Ana@us.example' });
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const more = after === undefined ? {} : { after };
    const page = await operations.list({ list: 'block', limit: 7, ...more });
    assert.equal(page.total, seen.length < 7 ? 21 : 20);
    seen.push(...page.rows.map(({ subject }) => subject));
    time.nowMs = expiresAtMs;
    after = page.next;
  } while (after !== undefined);
  assert.equal(new Set(seen).size, seen.length);
  assert.ok(seen.length === 20 || seen.length === 21);
  const own = await operations.list({ for: 'ana@US.example', limit: 9 });
  assert.deepEqual(
    own.rows.map(({ subject, kind }) => [subject, kind]),
    [['good.example', 'domain']],
  );
});

test('what cannot be is said in the words of the API', async () => {
  await using stack = new AsyncDisposableStack();
  const { operations } = await opened(stack);
  const add = async (subject: string) => operations.add({ ...by, list: 'block', subject });
  await assert.rejects(add('0.0.0.0/0'), failsWith('BAD_REQUEST'));
  await assert.rejects(operations.list({ subject: '*', limit: 1 }), failsWith('BAD_REQUEST'));
  for (let index = 0; index < 30; index += 1) await add(`s${index}.example`);
  await assert.rejects(add('more.example'), failsWith('NOT_POSSIBLE'));
});

test('harvest blocks say where they began, and are let go by address', async () => {
  await using stack = new AsyncDisposableStack();
  const { operations, guard, time } = await opened(stack);
  guard.noteUnknown('2001:db8::1', time.nowMs);
  guard.block({ subject: '192.0.2.7', untilMs: time.nowMs + 5000, from: 'shanghai' });
  assert.deepEqual(await operations.harvestBlocks(), [
    { subject: '2001:db8:0:0::/64', untilMs: time.nowMs + 60_000, from: 'us' },
    { subject: '192.0.2.7', untilMs: time.nowMs + 5000, from: 'shanghai' },
  ]);
  assert.equal(await operations.harvestUnblock('2001:db8::99'), true);
  assert.equal(await operations.harvestUnblock('198.51.100.1'), false);
  assert.equal((await operations.harvestBlocks()).length, 1);
});
