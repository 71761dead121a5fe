// Messages of an open folder: APPEND, STORE, EXPUNGE, COPY, MOVE, reading, and what everybody else hears of it.
import assert from 'node:assert/strict';
import { readdir, rename, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../../test/kit/until.ts';
import type { FolderChange } from '../src/index.ts';
import { fill, flagsOf, mail, makeMailbox, openFolder, subjects } from './mailbox-for-tests.ts';
import { messageTo, readUidList } from './store-for-tests.ts';

test('what is appended has its flags, its date and growing UIDs (RFC 3501 §6.3.11, RFC 3502)', async () => {
  await using made = await makeMailbox();
  await using folder = await openFolder(made.mailbox, 'Sent');
  const answer = await folder.append([
    mail('one', [String.raw`\Seen`, '$Forwarded']),
    { ...mail('two'), receivedAtMs: 1_600_000_000_000 },
  ]);
  assert.deepEqual(answer, { kind: 'stored', uidValidity: folder.uidValidity, uids: [1, 2] });
  assert.deepEqual(flagsOf(folder), { 1: [String.raw`\Seen`, '$Forwarded'], 2: [] });
  assert.equal(folder.message(2)?.receivedAtMs, 1_600_000_000_000);
  assert.deepEqual(await subjects(folder), { 1: 'one', 2: 'two' });
  assert.equal(folder.uidNext, 3);
  assert.equal(folder.message(1)?.sizeBytes, mail('one').body.length);
  const { lines } = await readUidList(join(made.dir, '.Sent'));
  assert.deepEqual(
    lines.map(({ uid }) => uid),
    [1, 2],
  );
});

test('flags are added, removed and replaced; the same set is the same array', async () => {
  await using made = await makeMailbox();
  await using folder = await openFolder(made.mailbox);
  await fill(folder, ['a', 'b', 'c']);
  await folder.setFlags([1, 2, 99], { how: 'add', flags: [String.raw`\Seen`, 'Work'] });
  await folder.setFlags([2], { how: 'remove', flags: ['WORK'] });
  const { changed } = await folder.setFlags([3], {
    how: 'replace',
    flags: ['work', String.raw`\Seen`],
  });
  assert.deepEqual(flagsOf(folder), {
    1: [String.raw`\Seen`, 'Work'],
    2: [String.raw`\Seen`],
    3: [String.raw`\Seen`, 'Work'],
  });
  assert.equal(folder.message(1)?.flags, folder.message(3)?.flags);
  assert.equal(changed[0], folder.message(3));
  assert.deepEqual(folder.keywords, ['Work']);
  const names = await readdir(join(made.dir, 'cur'));
  assert.deepEqual(names.map((name) => name.slice(name.indexOf(':'))).sort(), [
    ':2,S',
    ':2,Sa',
    ':2,Sa',
  ]);
});

test('a conditional STORE leaves what changed since (RFC 7162 §3.1.3)', async () => {
  await using made = await makeMailbox();
  await using folder = await openFolder(made.mailbox);
  await fill(folder, ['a', 'b']);
  const before = folder.highestModseq;
  await folder.setFlags([1], { how: 'add', flags: [String.raw`\Flagged`] });
  const answer = await folder.setFlags(
    [1, 2],
    { how: 'add', flags: [String.raw`\Seen`] },
    { unchangedSince: before },
  );
  assert.deepEqual(answer.modified, [1]);
  assert.deepEqual(
    answer.changed.map(({ uid }) => uid),
    [2],
  );
  assert.ok((folder.message(2)?.modseq ?? 0) > (folder.message(1)?.modseq ?? 0));
});

test('there are 26 keywords to a folder, and the next is refused', async () => {
  await using made = await makeMailbox();
  await using folder = await openFolder(made.mailbox);
  const keywords = Array.from({ length: 26 }, (_, index) => `k${index}`);
  await fill(folder, ['full'], keywords);
  assert.deepEqual(await folder.append([mail('more', ['another'])]), { kind: 'too-many-keywords' });
  const answer = await folder.setFlags([1], { how: 'add', flags: ['another'] });
  assert.equal(answer.tooManyKeywords, true);
  assert.deepEqual(folder.message(1)?.flags, [...keywords].sort());
});

test('EXPUNGE takes what is \\Deleted, of the UIDs named; and it is remembered (RFC 7162 §3.2.10)', async () => {
  await using made = await makeMailbox();
  await using folder = await openFolder(made.mailbox);
  await fill(folder, ['a', 'b', 'c', 'd']);
  await folder.setFlags([1, 2, 3], { how: 'add', flags: [String.raw`\Deleted`] });
  const before = folder.highestModseq;
  assert.deepEqual(await folder.expunge({ uids: [2, 4] }), [2]);
  assert.deepEqual(await folder.expunge(), [1, 3]);
  assert.deepEqual(await folder.expunge({ uids: [4], evenUnflagged: true }), [4]);
  assert.deepEqual(folder.vanishedSince(before), [1, 2, 3, 4]);
  assert.equal(folder.vanishedSince(1), undefined);
  assert.deepEqual(folder.messages, []);
  const [uid] = await fill(folder, ['e']);
  assert.equal(uid, 5, 'a UID was used again');
});

test('COPY and MOVE: the same mail under new UIDs, its flags, dates and EMAILID kept (RFC 6851, RFC 8474)', async () => {
  await using made = await makeMailbox();
  await using inbox = await openFolder(made.mailbox);
  await using archive = await openFolder(made.mailbox, 'Archive');
  await fill(inbox, ['a', 'b', 'c'], [String.raw`\Flagged`, 'Blue']);
  await fill(archive, ['old'], ['Red']);
  assert.deepEqual(await inbox.copy([3, 1], 'Archive'), {
    kind: 'copied',
    uidValidity: archive.uidValidity,
    pairs: [
      { from: 1, to: 2 },
      { from: 3, to: 3 },
    ],
  });
  const moved = await inbox.move([2], 'Archive');
  assert.deepEqual(moved.kind === 'copied' && moved.pairs, [{ from: 2, to: 4 }]);
  assert.deepEqual(await subjects(inbox), { 1: 'a', 3: 'c' });
  assert.deepEqual(await subjects(archive), { 1: 'old', 2: 'a', 3: 'c', 4: 'b' });
  assert.deepEqual(archive.message(4)?.flags, [String.raw`\Flagged`, 'Blue']);
  assert.equal(archive.message(2)?.emailId, inbox.message(1)?.emailId);
  assert.equal(archive.message(2)?.receivedAtMs, inbox.message(1)?.receivedAtMs);
  // Back again: another message, another UID.
  const back = await archive.move([4], 'INBOX');
  assert.deepEqual(back.kind === 'copied' && back.pairs, [{ from: 4, to: 4 }]);
  assert.deepEqual(await inbox.copy([1], 'Nowhere'), { kind: 'no-such-folder' });
  const [one] = await fill(inbox, ['twice']);
  const twice = await inbox.copy([one ?? 0], 'INBOX');
  assert.deepEqual(twice.kind === 'copied' && twice.pairs, [{ from: 5, to: 6 }]);
});

test('everybody who has the folder open hears of deliveries, flags and expunges, in order', async () => {
  await using made = await makeMailbox();
  await using one = await openFolder(made.mailbox);
  await using other = await openFolder(made.mailbox);
  const heard: FolderChange[] = [];
  other.onChange((change) => heard.push(change));
  await made.made.store.append(messageTo('ana', 'm1'));
  await made.made.store.append(messageTo('ana', 'm2'));
  await one.setFlags([1], { how: 'add', flags: [String.raw`\Deleted`] });
  await one.expunge();
  await until(() => heard.length >= 4, { what: 'four changes' });
  assert.deepEqual(
    heard.map(({ appeared }) => appeared.map(({ uid }) => uid)),
    [[1], [2], [], []],
  );
  assert.deepEqual(
    heard.map(({ vanished }) => vanished),
    [[], [], [], [1]],
  );
  const modseqs = heard.map(({ highestModseq }) => highestModseq);
  assert.deepEqual(
    modseqs,
    [...modseqs].sort((a, b) => a - b),
  );
  assert.equal(new Set(modseqs).size, 4);
  assert.equal(one.messages, other.messages);
});

test('what other programs do to the files is noticed: new, renamed and removed ones; nobody has to ask', async () => {
  await using made = await makeMailbox();
  await using folder = await openFolder(made.mailbox);
  await fill(folder, ['a', 'b']);
  const heard: FolderChange[] = [];
  folder.onChange((change) => heard.push(change));
  await writeFile(join(made.dir, 'new', '1700000009.M1P1.other'), 'Subject: c\n\nline feeds\n');
  await utimes(join(made.dir, 'new', '1700000009.M1P1.other'), 1_650_000_000, 1_650_000_000);
  await until(() => folder.message(3), { what: 'the dropped file to appear' });
  assert.equal(folder.message(3)?.receivedAtMs, 1_650_000_000_000);
  // RFC 3501 §2.3.4, RFC 5322 §2.1: clients get CRLF, and the size of that.
  assert.equal(String(await folder.read(3)), 'Subject: c\r\n\r\nline feeds\r\n');
  assert.equal(folder.message(3)?.sizeBytes, 26);
  assert.equal(String(await folder.read(3, { start: 9, end: 14 })), 'c\r\n\r\n');
  const [first = '', second = ''] = (await readdir(join(made.dir, 'cur'))).sort();
  await rename(join(made.dir, 'cur', first), join(made.dir, 'cur', first.replace(/:.*/, ':2,FS')));
  await unlink(join(made.dir, 'cur', second));
  await until(() => folder.messages.length === 2, { what: 'the removed file to vanish' });
  await folder.refresh();
  const flagged = folder.messages.find(({ flags }) => flags.length === 2);
  assert.deepEqual(flagged?.flags, [String.raw`\Flagged`, String.raw`\Seen`]);
});

test('a message that another program has just renamed is still read, flagged and moved', async () => {
  await using made = await makeMailbox();
  await using folder = await openFolder(made.mailbox);
  await fill(folder, ['a']);
  const flip = async (flags: string) => {
    const [name = ''] = await readdir(join(made.dir, 'cur'));
    await rename(
      join(made.dir, 'cur', name),
      join(made.dir, 'cur', name.replace(/:.*/, `:2,${flags}`)),
    );
  };
  await flip('S');
  assert.match(String(await folder.read(1)), /Subject: a/);
  await flip('RS');
  const { changed } = await folder.setFlags([1], { how: 'add', flags: [String.raw`\Flagged`] });
  assert.deepEqual(changed[0]?.flags, [
    String.raw`\Answered`,
    String.raw`\Flagged`,
    String.raw`\Seen`,
  ]);
  await flip('T');
  assert.equal((await folder.move([1], 'Trash')).kind, 'copied');
  assert.deepEqual(await readdir(join(made.dir, 'cur')), []);
});

test('APPEND and COPY stop at the quota, and what is expunged makes room (RFC 9208)', async () => {
  const size = mail('0').body.length;
  await using made = await makeMailbox({ quotaDefaultBytes: size * 3 });
  await using folder = await openFolder(made.mailbox);
  await fill(folder, ['0', '1']);
  assert.deepEqual(await folder.append([mail('2'), mail('3')]), { kind: 'over-quota' });
  assert.equal(folder.messages.length, 2);
  assert.equal((await folder.copy([1], 'Archive')).kind, 'copied');
  assert.deepEqual(await folder.copy([1], 'Archive'), { kind: 'over-quota' });
  assert.equal((await folder.move([1], 'Archive')).kind, 'copied');
  assert.deepEqual(made.mailbox.quota(), {
    usedBytes: size * 3,
    usedMessages: 3,
    limitBytes: size * 3,
  });
  assert.equal(made.made.store.accounts.isFull('ana@example.test'), true);
  await folder.expunge({ evenUnflagged: true });
  assert.equal(made.made.store.accounts.isFull('ana@example.test'), false);
  assert.equal(made.mailbox.quota().usedMessages, 2);
});

test('one POP3 session at a time has the mailbox (RFC 1939 §3)', async () => {
  await using made = await makeMailbox();
  {
    await using lock = await made.mailbox.lock();
    assert.ok(lock);
    assert.equal(await made.mailbox.lock(), undefined);
  }
  await using again = await made.mailbox.lock();
  assert.ok(again);
});

test('what a message says and the words in it are found', async () => {
  await using made = await makeMailbox();
  await using folder = await openFolder(made.mailbox);
  await fill(folder, ['apples', 'pears']);
  const described = await Array.fromAsync(folder.describe([2, 99, 1]));
  assert.deepEqual(
    described.map(({ uid, about }) => [uid, about.envelope.subject]),
    [
      [2, 'pears'],
      [1, 'apples'],
    ],
  );
  assert.deepEqual(await folder.search({ in: 'subject', words: 'PPL' }), new Set([1]));
});
