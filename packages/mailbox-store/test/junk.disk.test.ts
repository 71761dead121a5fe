// Spam goes to the Junk folder of whoever wants that; moving mail into Junk and out of it is told.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../../test/kit/until.ts';
import type { TaughtByMoving } from '../src/index.ts';
import { ana, fill, makeMailbox, mailboxOf, openFolder } from './mailbox-for-tests.ts';
import { startAppending } from './run-child.ts';
import { messagesIn, messageTo, readUidList } from './store-for-tests.ts';

const spam = (id: string) => ({ ...messageTo('ana', id), isJunk: true });

test('spam goes to Junk, for whoever never opened her mailbox too; the rest to the inbox', async () => {
  await using made = await makeMailbox();
  const { store } = made.made;
  await store.accounts.addAccounts([
    { address: 'new@example.test', passwordHash: '{SSHA}YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh' },
  ]);
  assert.deepEqual(await store.append({ ...messageTo('new', 'd1'), isJunk: true }), {
    kind: 'stored',
    uid: 1,
    wasThere: false,
    folder: 'Junk',
  });
  assert.deepEqual(await store.append({ ...messageTo('new', 'd2'), isJunk: false }), {
    kind: 'stored',
    uid: 1,
    wasThere: false,
  });
  const junk = join(made.made.maildir('new'), '.Junk');
  assert.equal((await messagesIn(junk)).length, 1);
  assert.equal((await messagesIn(made.made.maildir('new'))).length, 1);
  assert.equal((await readUidList(junk)).lines[0]?.uid, 1);
});

test('the bytes in Junk are those of the message, and whoever has Junk open hears of it', async () => {
  await using made = await makeMailbox();
  await using junk = await openFolder(made.mailbox, 'Junk');
  const appeared: number[] = [];
  junk.onChange((change) => appeared.push(...change.appeared.map(({ uid }) => uid)));
  const request = spam('d1');
  await made.made.store.append(request);
  assert.deepEqual(appeared, [1]);
  assert.deepEqual(
    await junk.read(1),
    Buffer.concat([
      Buffer.from(request.prefix),
      request.body.kind === 'bytes' ? request.body.bytes : Buffer.alloc(0),
    ]),
  );
  assert.deepEqual(junk.message(1)?.flags, []);
});

test('one delivery id is one message in Junk: at the same time, later, after a restart, and when she changed her mind', async () => {
  await using made = await makeMailbox();
  const { maildir } = made.made;
  const request = spam('d1');
  const answers = await Promise.all([1, 2, 3].map(() => made.made.store.append(request)));
  assert.deepEqual(
    answers.map((answer) => answer.kind === 'stored' && [answer.uid, answer.folder]),
    [
      [1, 'Junk'],
      [1, 'Junk'],
      [1, 'Junk'],
    ],
  );
  assert.equal(answers.filter((one) => one.kind === 'stored' && !one.wasThere).length, 1);
  const reopened = await made.made.reopen();
  assert.deepEqual(await reopened.append(request), {
    kind: 'stored',
    uid: 1,
    wasThere: true,
    folder: 'Junk',
  });
  reopened.accounts.setFiltering(ana, { junk: 'inbox' });
  assert.deepEqual(await reopened.append(request), {
    kind: 'stored',
    uid: 1,
    wasThere: true,
    folder: 'Junk',
  });
  const second = spam('d2');
  assert.deepEqual(await reopened.append(second), { kind: 'stored', uid: 1, wasThere: false });
  reopened.accounts.setFiltering(ana, { junk: 'folder' });
  assert.deepEqual(await reopened.append(second), { kind: 'stored', uid: 1, wasThere: true });
  assert.equal((await messagesIn(join(maildir('ana'), '.Junk'))).length, 1);
  assert.equal((await messagesIn(maildir('ana'))).length, 1);
});

test('who wants no Junk folder, or no filtering, gets it into the inbox', async () => {
  await using made = await makeMailbox();
  const { store } = made.made;
  store.accounts.setFiltering(ana, { junk: 'inbox' });
  const first = await store.append(spam('d1'));
  assert.equal(first.kind === 'stored' && first.folder, undefined);
  store.accounts.setFiltering(ana, { junk: 'folder', filtering: 'off' });
  const second = await store.append(spam('d2'));
  assert.equal(second.kind === 'stored' && second.folder, undefined);
});

test('a renamed Junk folder is still hers; a deleted one is made anew; a full mailbox is full there, too', async () => {
  await using made = await makeMailbox();
  const { store } = made.made;
  await made.mailbox.renameFolder('Junk', 'Werbung');
  const first = await store.append(spam('d1'));
  assert.equal(first.kind === 'stored' && first.folder, 'Werbung');
  await made.mailbox.deleteFolder('Werbung');
  const second = await store.append(spam('d2'));
  assert.equal(second.kind === 'stored' && second.folder, 'Junk');
  await rm(join(made.dir, '.Junk'), { recursive: true });
  const third = await store.append(spam('d3'));
  assert.equal(third.kind, 'stored');
  store.accounts.setQuota(ana, { bytes: 1 });
  assert.deepEqual(await store.append(spam('d4')), { kind: 'over-quota' });
});

test('moving into Junk teaches spam, out of it ham; throwing it away teaches nothing', async () => {
  const taught: TaughtByMoving[] = [];
  await using made = await makeMailbox({ onTaught: (one) => taught.push(one) });
  const mailbox = await mailboxOf(made.made.store);
  await using inbox = await openFolder(mailbox);
  await using junk = await openFolder(mailbox, 'Junk');
  const what = () => taught.map((one) => one.what);
  const count = (length: number) =>
    until(() => taught.length === length, { what: () => `${length} lessons: ${what().join()}` });
  const uids = await fill(inbox, ['one', 'two', 'three']);

  await inbox.move(uids.slice(0, 2), 'Junk');
  await inbox.copy(uids.slice(2), 'Junk');
  await count(3);
  assert.deepEqual(what(), ['spam', 'spam', 'spam']);
  assert.deepEqual(new Set(taught.map(({ account }) => account)), new Set([ana]));
  await junk.move([1], 'INBOX');
  await count(4);
  await junk.copy([2], 'Archive');
  await count(5);
  assert.deepEqual(what().slice(3), ['ham', 'ham']);
  await junk.move([3], 'Trash');
  await inbox.move([(await fill(inbox, ['four']))[0] ?? 0], 'Archive');
  // Told in the order of the moves: had those two taught, they would have come before this one.
  await junk.move([2], 'INBOX');
  await count(6);
  assert.deepEqual(what().slice(5), ['ham']);

  // What it says is read when somebody gets round to it, and is all of it.
  const [lesson] = taught.slice(3);
  const bytes = Buffer.concat(await Array.fromAsync(lesson?.bytes() ?? []));
  assert.match(bytes.toString(), /^From: eve@outside\.test\r\nSubject: one\r\n/);
  assert.equal(bytes.length, lesson?.sizeBytes);
  // That one has been moved on since.
  assert.deepEqual(await Array.fromAsync(taught[0]?.bytes() ?? []), []);
});

test('killed at any instant, what goes to Junk is there once, whole and with its UID', async () => {
  await using made = await makeMailbox();
  await made.made.store[Symbol.asyncDispose]();
  const child = startAppending({
    dir: made.made.dir,
    local: 'ana',
    prefix: 'r',
    parallel: 8,
    count: 100_000,
    isJunk: true,
  });
  await until(() => child.lines.length >= 30 || undefined, { what: () => child.stderr() });
  child.process.kill('SIGKILL');
  await child.ended;
  const store = await made.made.reopen();
  // Everything that may have been under way, acknowledged or not.
  const begun = child.lines.length + 8;
  const uids = new Map<string, number>();
  for (let index = 1; index <= begun; index += 1) {
    const answer = await store.append(spam(`r-${index}`));
    if (answer.kind === 'stored') uids.set(`r-${index}`, answer.uid);
  }
  for (const { deliveryId, uid } of child.lines) assert.equal(uids.get(deliveryId), uid);
  const names = await messagesIn(join(made.dir, '.Junk'));
  const ids = names.map((name) => name.split('.')[1]);
  assert.equal(new Set(ids).size, begun);
  assert.equal(ids.length, begun);
});
