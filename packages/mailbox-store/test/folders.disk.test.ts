// Folders: what is there, CREATE, DELETE, RENAME, subscriptions, and deleted mail that comes back.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { recoverableFolder } from '../src/index.ts';
import { fill, makeMailbox, mailboxOf, openFolder, subjects } from './mailbox-for-tests.ts';

test('a new mailbox has the folders clients look for, once (RFC 6154)', async () => {
  await using made = await makeMailbox();
  const entries = await made.mailbox.folders();
  assert.deepEqual(
    entries.map(({ name, specialUse }) => [name, specialUse]),
    [
      ['INBOX', undefined],
      ['Archive', 'archive'],
      ['Drafts', 'drafts'],
      ['Junk', 'junk'],
      ['Sent', 'sent'],
      ['Trash', 'trash'],
    ],
  );
  assert.deepEqual((await made.mailbox.subscriptions()).toSorted(), [
    'Archive',
    'Drafts',
    'Junk',
    'Sent',
    'Trash',
  ]);
  await made.mailbox.deleteFolder('Junk');
  const again = await mailboxOf(await made.made.reopen());
  assert.equal(
    (await again.folders()).some(({ name }) => name === 'Junk'),
    false,
  );
});

test('folders are made, with names that only have children, and refused where they cannot be (threat 20)', async () => {
  await using made = await makeMailbox();
  const { mailbox } = made;
  assert.deepEqual(await mailbox.createFolder('Work/2024/example.com'), { kind: 'done' });
  assert.deepEqual(await mailbox.createFolder('Work/2024/example.com'), { kind: 'exists' });
  assert.deepEqual(await mailbox.createFolder('Ünïcode/'), { kind: 'done' });
  assert.deepEqual(await mailbox.createFolder('inbox'), { kind: 'exists' });
  for (const name of ['../../evil', 'a//b', 'x\0', recoverableFolder])
    assert.equal((await mailbox.createFolder(name)).kind, 'name-refused', name);
  const entries = new Map((await mailbox.folders()).map((entry) => [entry.name, entry]));
  assert.deepEqual(
    ['Work', 'Work/2024', 'Work/2024/example.com', 'Ünïcode'].map((name) => [
      entries.get(name)?.isSelectable,
      entries.get(name)?.hasChildren,
    ]),
    [
      [false, true],
      [false, true],
      [true, false],
      [true, false],
    ],
  );
  assert.equal(await mailbox.open('Work'), undefined);
  assert.deepEqual(await mailbox.deleteFolder('Work'), { kind: 'has-children' });
  assert.deepEqual(await mailbox.deleteFolder('Nothing'), { kind: 'no-such-folder' });
  assert.equal((await mailbox.deleteFolder('INBOX')).kind, 'name-refused');
  assert.deepEqual(await readdir(join(made.dir, '..', '..')), ['ana']);
});

test('a link among the folders is not followed (threat 35)', async () => {
  await using made = await makeMailbox();
  const elsewhere = join(made.made.dir, 'elsewhere');
  await mkdir(join(elsewhere, 'cur'), { recursive: true });
  await symlink(elsewhere, join(made.dir, '.Link'));
  assert.equal(await made.mailbox.open('Link'), undefined);
  assert.equal((await made.mailbox.createFolder('Link')).kind === 'done', false);
});

test('a renamed folder keeps its children, messages, UIDs, use and id; who has it open goes on (RFC 3501 §6.3.5, RFC 8474)', async () => {
  await using made = await makeMailbox();
  const { mailbox } = made;
  await mailbox.createFolder('A');
  await mailbox.createFolder('A/B', { specialUse: 'flagged' });
  await mailbox.createFolder('A/B/C');
  await using folder = await openFolder(mailbox, 'A/B');
  await fill(folder, ['one']);
  const { uidValidity, mailboxId } = folder;
  assert.equal((await mailbox.renameFolder('A', 'A/B/D')).kind, 'name-refused');
  assert.deepEqual(await mailbox.renameFolder('A', 'Sent'), { kind: 'exists' });
  assert.deepEqual(await mailbox.renameFolder('Nothing', 'X'), { kind: 'no-such-folder' });
  assert.deepEqual(await mailbox.renameFolder('A', 'New/A'), { kind: 'done' });
  const names = (await mailbox.folders()).map(({ name }) => name);
  assert.deepEqual(
    names.filter((name) => /^(A|New)/.test(name)),
    ['Archive', 'New', 'New/A', 'New/A/B', 'New/A/B/C'],
  );
  assert.equal(folder.name, 'New/A/B');
  await fill(folder, ['two']);
  await using again = await openFolder(mailbox, 'New/A/B');
  assert.deepEqual(await subjects(again), { 1: 'one', 2: 'two' });
  assert.deepEqual([again.uidValidity, again.mailboxId], [uidValidity, mailboxId]);
  const entry = (await mailbox.folders()).find(({ name }) => name === 'New/A/B');
  assert.equal(entry?.specialUse, 'flagged');
});

test('renaming the inbox moves its messages and leaves an empty inbox (RFC 3501 §6.3.5)', async () => {
  await using made = await makeMailbox();
  await using inbox = await openFolder(made.mailbox);
  await fill(inbox, ['a', 'b']);
  assert.deepEqual(await made.mailbox.renameFolder('INBOX', 'Old mail'), { kind: 'done' });
  assert.deepEqual(inbox.messages, []);
  await using old = await openFolder(made.mailbox, 'Old mail');
  assert.deepEqual(await subjects(old), { 1: 'a', 2: 'b' });
});

test('a folder deleted and made again at once is another one: new UIDVALIDITY, no old mail (RFC 3501 §2.3.1.1)', async () => {
  await using made = await makeMailbox();
  const seen: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await made.mailbox.createFolder('Again');
    await using folder = await openFolder(made.mailbox, 'Again');
    assert.deepEqual(folder.messages, []);
    await fill(folder, ['a']);
    seen.push(folder.uidValidity);
    const vanished: number[] = [];
    folder.onChange((change) => vanished.push(...change.vanished));
    assert.deepEqual(await made.mailbox.deleteFolder('Again'), { kind: 'done' });
    assert.deepEqual(vanished, [1]);
    assert.deepEqual(await folder.append([]), { kind: 'no-such-folder' });
  }
  assert.deepEqual(
    seen,
    [...new Set(seen)].sort((a, b) => a - b),
  );
});

test('subscriptions outlive their folders (RFC 3501 §6.3.6), and stand in Dovecot’s file', async () => {
  await using made = await makeMailbox();
  await made.mailbox.setSubscribed('Lists/example.com', true);
  await made.mailbox.setSubscribed('Junk', false);
  await made.mailbox.setSubscribed('INBOX', true);
  const file = await readFile(join(made.dir, 'subscriptions'), 'utf8');
  assert.equal(file, 'V\t2\n\nDrafts\nSent\nTrash\nArchive\nLists\texample\\2ecom\nINBOX\n');
  assert.equal((await made.mailbox.subscriptions()).includes('Lists/example.com'), true);
});

test('expunged mail is kept for the grace period, hidden, uncounted, and comes back to where it was', async () => {
  await using made = await makeMailbox({ graceMs: 3_600_000 });
  const { mailbox } = made;
  await mailbox.createFolder('Lists/one');
  await using list = await openFolder(mailbox, 'Lists/one');
  await using inbox = await openFolder(mailbox);
  await fill(list, ['l1', 'l2']);
  await fill(inbox, ['i1', 'i2'], [String.raw`\Flagged`]);
  await inbox.expunge({ uids: [1], evenUnflagged: true });
  await mailbox.deleteFolder('Lists/one');
  assert.equal(mailbox.quota().usedMessages, 1);
  const hidden = (await mailbox.folders()).filter(({ isHidden }) => isHidden);
  assert.deepEqual(
    hidden.map(({ name }) => name),
    [recoverableFolder],
  );
  const kept = await mailbox.recoverable();
  assert.deepEqual(kept.map(({ from }) => from).sort(), ['INBOX', 'Lists/one', 'Lists/one']);
  assert.deepEqual(await mailbox.undelete({ from: 'Lists/one' }), { restored: 2, overQuota: 0 });
  assert.deepEqual(await mailbox.undelete(), { restored: 1, overQuota: 0 });
  await using restored = await openFolder(mailbox, 'Lists/one');
  assert.deepEqual(Object.values(await subjects(restored)).sort(), ['l1', 'l2']);
  await inbox.refresh();
  assert.deepEqual(await subjects(inbox), { 2: 'i2', 3: 'i1' });
  assert.deepEqual(inbox.message(3)?.flags, [String.raw`\Flagged`]);
  assert.equal(mailbox.quota().usedMessages, 4);
  assert.deepEqual(await mailbox.recoverable(), []);
});

test('what is expunged among the deleted mail is gone for good, and nothing is put there by hand', async () => {
  await using made = await makeMailbox({ graceMs: 3_600_000 });
  await using inbox = await openFolder(made.mailbox);
  await fill(inbox, ['a']);
  await inbox.expunge({ evenUnflagged: true });
  await using kept = await openFolder(made.mailbox, recoverableFolder);
  assert.deepEqual(await subjects(kept), { 1: 'a' });
  assert.equal((await inbox.copy([], recoverableFolder)).kind, 'no-such-folder');
  await kept.expunge({ evenUnflagged: true });
  assert.deepEqual(await made.mailbox.recoverable(), []);
  assert.equal((await made.mailbox.deleteFolder(recoverableFolder)).kind, 'name-refused');
});

test('numbers of a folder are told without opening it, and are right after others were there', async () => {
  await using made = await makeMailbox();
  await using folder = await openFolder(made.mailbox, 'Sent');
  await fill(folder, ['a', 'b'], [String.raw`\Seen`]);
  const store = await made.made.reopen();
  const mailbox = await mailboxOf(store);
  const status = await mailbox.status('Sent');
  assert.deepEqual(
    [status?.messages, status?.unseen, status?.uidNext, status?.uidValidity],
    [2, 0, 3, folder.uidValidity],
  );
  await writeFile(join(made.dir, '.Sent', 'new', '1700000009.M1P1.other'), 'Subject: c\n\nc\n');
  assert.equal((await mailbox.status('Sent'))?.messages, 3);
  assert.equal((await mailbox.status('Sent'))?.unseen, 1);
  assert.equal(await mailbox.status('Nothing'), undefined);
});
