// What is done without anybody asking: recoverable mail is forgotten, UID lists are made smaller, closed mailboxes serve nobody.
import assert from 'node:assert/strict';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '@restante/runtime';
import { MaildirMailbox } from '../src/folders/maildir-mailbox.ts';
import { ana, fill, mail, makeMailbox, mailboxOf, openFolder } from './mailbox-for-tests.ts';
import { addPeople, readUidList } from './store-for-tests.ts';

const dayMs = 86_400_000;

test('recoverable mail is forgotten when its grace period is over, and not before', async () => {
  let offsetMs = 0;
  const clock = { ...systemClock, now: () => Date.now() + offsetMs };
  await using made = await makeMailbox({ graceMs: 14 * dayMs, clock });
  await using inbox = await openFolder(made.mailbox);
  await fill(inbox, ['a', 'b']);
  await inbox.expunge({ uids: [1], evenUnflagged: true });
  offsetMs = 10 * dayMs;
  await inbox.expunge({ uids: [2], evenUnflagged: true });
  const keepHouse = async () => {
    assert.ok(made.mailbox instanceof MaildirMailbox);
    await made.mailbox.keepHouse();
    return (await made.mailbox.recoverable()).length;
  };
  assert.equal(await keepHouse(), 2);
  offsetMs = 15 * dayMs;
  assert.equal(await keepHouse(), 1);
  offsetMs = 25 * dayMs;
  assert.equal(await keepHouse(), 0);
});

test('there is never more recoverable mail than the quota; the oldest goes first', async () => {
  const size = mail('0').body.length;
  let offsetMs = 0;
  const clock = { ...systemClock, now: () => Date.now() + offsetMs };
  await using made = await makeMailbox({ graceMs: 14 * dayMs, quotaDefaultBytes: size * 2, clock });
  await using inbox = await openFolder(made.mailbox);
  for (let uid = 1; uid <= 4; uid += 1) {
    await fill(inbox, [String(uid)]);
    await inbox.expunge({ evenUnflagged: true });
    offsetMs += 5000;
  }
  assert.ok(made.mailbox instanceof MaildirMailbox);
  await made.mailbox.keepHouse();
  assert.equal((await made.mailbox.recoverable()).length, 2);
});

test('a UID list of mostly gone messages is made smaller; numbers go on, the young lines stay', async () => {
  await using made = await makeMailbox();
  const now = Math.trunc(Date.now() / 1000);
  const lines = Array.from({ length: 6000 }, (_, index) => {
    const seconds = index < 5900 ? 1_600_000_000 : now;
    return `${index + 1} :${seconds}.gone${index}.mx.example.test,S=100,W=100\n`;
  });
  const header = '3 V1700000000 N6001 G0123456789abcdef0123456789abcdef\n';
  await writeFile(join(made.dir, 'dovecot-uidlist'), header + lines.join(''));
  await using inbox = await openFolder(made.mailbox);
  assert.deepEqual(await fill(inbox, ['a']), [6001]);
  assert.equal(inbox.uidValidity, 1_700_000_000);
  const list = await readUidList(made.dir);
  assert.deepEqual(
    [list.lines.length, list.lines[0]?.uid, list.lines.at(-1)?.uid],
    [101, 5901, 6001],
  );
  assert.ok((await stat(join(made.dir, 'dovecot-uidlist'))).size < 10_000);
});

test('who still has a folder of a removed account open sees nothing of the next owner of the address', async () => {
  await using made = await makeMailbox();
  const { store } = made.made;
  await using old = await openFolder(made.mailbox);
  await fill(old, ['secret']);
  store.accounts.removeAccount(ana);
  await addPeople(store, 'ana');
  const next = await mailboxOf(store);
  assert.notEqual(next, made.mailbox);
  await using fresh = await openFolder(next);
  await fill(fresh, ['private']);
  assert.deepEqual(fresh.messages.length, 1);
  const closed = { code: 'STORE_CLOSED' };
  await assert.rejects(old.read(1), closed);
  await assert.rejects(old.refresh(), closed);
  await assert.rejects(old.append([mail('x')]), closed);
  await assert.rejects(made.mailbox.open('INBOX'), closed);
  assert.equal((await readdir(join(made.made.dir, 'removed', 'example.test'))).length, 1);
});
