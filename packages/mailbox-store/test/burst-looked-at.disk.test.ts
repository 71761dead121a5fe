// A burst of deliveries by two stores on one mailbox, while both look at it without end.
//
// What it did to somebody: messages of a burst were told, told to have vanished, and came back renamed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Folder } from '../src/index.ts';
import { makeMailbox, mailboxOf, openFolder } from './mailbox-for-tests.ts';
import { messagesIn, messageTo, openStore } from './store-for-tests.ts';

test('mail of a burst is told once, in order, and none of it vanishes or changes its UID (RFC 3501 §2.3.1.1)', async () => {
  await using made = await makeMailbox();
  await using other = openStore(made.made.dir);
  await using one = await openFolder(made.mailbox);
  await using two = await openFolder(await mailboxOf(other));
  const first = { store: made.made.store, folder: one, told: listen(one) };
  const second = { store: other, folder: two, told: listen(two) };
  const sides = [first, second];
  let isOver = false;
  const looking = sides.map(async ({ folder }) => {
    while (!isOver) {
      await folder.refresh();
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    const { store, folder } = writer % 2 === 0 ? first : second;
    for (let count = 0; count < 25; count += 1) {
      const answer = await store.append(messageTo('ana', `m${writer}-${count}`));
      await folder.refresh();
      assert.ok(answer.kind === 'stored' && folder.message(answer.uid), 'who looks next sees it');
    }
  });
  const ended = await Promise.allSettled(writers);
  isOver = true;
  await Promise.all(looking);
  for (const result of ended) if (result.status === 'rejected') throw result.reason;
  const all = Array.from({ length: 200 }, (_, index) => index + 1);
  for (const { folder, told } of sides) {
    await folder.refresh();
    assert.deepEqual(told, { appeared: all, vanished: [] });
  }
  assert.deepEqual(
    (await messagesIn(made.dir)).filter((name) => name.includes('_')),
    [],
    'nothing was renamed',
  );
});

function listen(folder: Folder): { readonly appeared: number[]; readonly vanished: number[] } {
  const told = { appeared: [] as number[], vanished: [] as number[] };
  folder.onChange(({ appeared, vanished }) => {
    told.appeared.push(...appeared.map(({ uid }) => uid));
    told.vanished.push(...vanished);
  });
  return told;
}
