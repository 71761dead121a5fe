// A real Dovecot on the same tree, both changing it: the same folders, UIDs, UIDVALIDITY, flags, keywords and subscriptions.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../../test/kit/until.ts';
import type { Folder, Mailbox } from '../src/index.ts';
import { type Dovecot, type ImapSession, startDovecot, whyNoDovecot } from './dovecot.ts';
import { ana, fill, flagsOf, mail, mailboxOf, openFolder, subjects } from './mailbox-for-tests.ts';
import { addPeople, openStore } from './store-for-tests.ts';

const skip = whyNoDovecot() ?? false;

interface Both extends AsyncDisposable {
  readonly mailbox: Mailbox;
  readonly dovecot: Dovecot;
  readonly dir: string;
}

/** The store works in this process, as the user that Dovecot reads mail as. */
async function startBoth(more = ''): Promise<Both> {
  const dovecot = await startDovecot({ more });
  process.setegid?.(dovecot.uid);
  process.seteuid?.(dovecot.uid);
  const store = openStore(dovecot.mailDir);
  await addPeople(store, 'ana');
  return {
    dovecot,
    mailbox: await mailboxOf(store),
    dir: join(dovecot.mailDir, 'mail', 'example.test', 'ana', 'Maildir'),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      process.seteuid?.(0);
      process.setegid?.(0);
      await assertQuiet(dovecot);
      await dovecot[Symbol.asyncDispose]();
    },
  };
}

/** "UID FLAGS" of the selected folder, flags in order, without \Recent. */
async function flagsSeen(imap: ImapSession): Promise<Readonly<Record<number, readonly string[]>>> {
  const answer = await imap.say('UID FETCH 1:* (FLAGS)');
  const found = [...answer.matchAll(/UID (\d+) FLAGS \(([^)]*)\)/g)];
  return Object.fromEntries(
    found.map(([, uid, flags = '']) => [
      Number(uid),
      flags
        .split(' ')
        .filter((flag) => flag !== '' && flag !== String.raw`\Recent`)
        .sort(),
    ]),
  );
}

/** Dovecot trusts a directory for a second or two after a change of its own. */
async function untilSame(imap: ImapSession, folder: Folder): Promise<void> {
  await until(
    async () => {
      await imap.say('NOOP');
      assert.deepEqual(await flagsSeen(imap), sortedFlags(folder));
      return true;
    },
    { what: 'Dovecot to see the same', everyMs: 200 },
  );
}

function sortedFlags(folder: Folder): Readonly<Record<number, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(flagsOf(folder)).map(([uid, flags]) => [uid, flags.toSorted()]),
  );
}

/** Dovecot complains in its log about files it does not like. */
async function assertQuiet(dovecot: Dovecot): Promise<void> {
  const complaints = (await dovecot.log())
    .split('\n')
    .filter((line) => /Error|Warning|Panic|Fatal/.test(line));
  assert.deepEqual(complaints, []);
}

test(
  'flags and keywords go back and forth; UIDs, UIDVALIDITY and UIDNEXT are the same',
  { skip },
  async () => {
    await using both = await startBoth();
    await using folder = await openFolder(both.mailbox);
    await fill(folder, ['a', 'b', 'c'], [String.raw`\Seen`, 'Ours']);
    using imap = await both.dovecot.login(ana);
    const selected = await imap.say('SELECT INBOX');
    assert.match(selected, new RegExp(`UIDVALIDITY ${folder.uidValidity}\\b`));
    assert.match(selected, /UIDNEXT 4\b/);
    assert.deepEqual(await flagsSeen(imap), sortedFlags(folder));
    await imap.say(String.raw`UID STORE 1 +FLAGS (\Answered Theirs)`);
    await imap.say('UID STORE 2 -FLAGS (Ours)');
    await imap.say(String.raw`UID STORE 3 FLAGS (\Draft)`);
    await folder.refresh();
    assert.deepEqual(await flagsSeen(imap), sortedFlags(folder));
    assert.deepEqual(folder.keywords, ['Ours', 'Theirs']);
    await folder.setFlags([1, 2, 3], { how: 'add', flags: ['Third', String.raw`\Flagged`] });
    await folder.setFlags([1], { how: 'remove', flags: ['Theirs'] });
    await imap.say('NOOP');
    assert.deepEqual(await flagsSeen(imap), sortedFlags(folder));
    await imap.say(String.raw`UID STORE 2 +FLAGS (\Deleted)`);
    await imap.say('EXPUNGE');
    await folder.refresh();
    assert.deepEqual(Object.keys(sortedFlags(folder)), ['1', '3']);
    await folder.expunge({ uids: [1], evenUnflagged: true });
    await imap.say('APPEND INBOX {16}', 'Subject: y\r\n\r\nyy');
    await folder.refresh();
    await untilSame(imap, folder);
    assert.equal(folder.uidNext, 5);
  },
);

test('folders, odd names and subscriptions are the same on both sides', { skip }, async () => {
  await using both = await startBoth();
  const { mailbox } = both;
  await mailbox.createFolder('Projekte/Größe');
  await mailbox.createFolder('Lists/example.com');
  await mailbox.createFolder('Tom & Jerry');
  await mailbox.setSubscribed('Projekte/Größe', true);
  using imap = await both.dovecot.login(ana);
  const listed = await imap.say('LIST "" "*"');
  for (const name of ['Projekte.Gr&APYA3w-e', 'Tom &- Jerry', 'Sent', 'Drafts'])
    assert.ok(listed.includes(name), `${name} is missing in ${listed}`);
  assert.match(await imap.say('LSUB "" "*"'), /Projekte\.Gr&APYA3w-e/);
  await imap.say('CREATE Theirs.Sub');
  await imap.say('SUBSCRIBE Theirs.Sub');
  await imap.say('UNSUBSCRIBE Junk');
  await imap.say('RENAME Archive Archived');
  const names = new Map((await mailbox.folders()).map((entry) => [entry.name, entry]));
  assert.equal(names.get('Theirs/Sub')?.isSubscribed, true);
  assert.equal(names.get('Junk')?.isSubscribed, false);
  assert.equal(names.get('Archived')?.specialUse, 'archive');
  assert.ok(names.has('Lists/example.com'));
  await imap.say('DELETE Theirs.Sub');
  assert.equal(await mailbox.open('Theirs/Sub'), undefined);
  assert.equal((await mailbox.renameFolder('Tom & Jerry', 'Spike')).kind, 'done');
  assert.match(await imap.say('STATUS Spike (MESSAGES)'), /MESSAGES 0/);
  assert.match(await readFile(join(both.dir, 'subscriptions'), 'utf8'), /^V\t2\n\n/);
});

// Dovecot's own way to have dots and a leading tilde in the names of a Maildir++.
const listescape = `
mail_plugins = listescape
namespace inbox {
  inbox = yes
  separator = /
}
`;

test(
  'a Dovecot with listescape shows names with dots as we do, and we those it makes',
  { skip },
  async () => {
    await using both = await startBoth(listescape);
    await both.mailbox.createFolder('Lists/example.com');
    await both.mailbox.createFolder('~tilde');
    using imap = await both.dovecot.login(ana);
    const listed = await imap.say('LIST "" "*"');
    assert.match(listed, / "?Lists\/example\.com"?\r/);
    assert.match(listed, / "?~tilde"?\r/);
    await imap.say('CREATE "news/comp.mail.misc"');
    await imap.say('SUBSCRIBE "news/comp.mail.misc"');
    const entries = await both.mailbox.folders();
    const made = entries.find(({ name }) => name === 'news/comp.mail.misc');
    assert.equal(made?.isSelectable, true);
    assert.equal(made?.isSubscribed, true);
    await both.mailbox.setSubscribed('Lists/example.com', true);
    assert.match(await imap.say('LSUB "" "*"'), / "?Lists\/example\.com"?\r/);
  },
);

test('what either copies, moves or appends has the same UID for the other', { skip }, async () => {
  await using both = await startBoth();
  await using inbox = await openFolder(both.mailbox);
  await using sent = await openFolder(both.mailbox, 'Sent');
  await fill(inbox, ['a', 'b', 'c', 'd']);
  using imap = await both.dovecot.login(ana);
  await imap.say('SELECT INBOX');
  await inbox.copy([1, 2], 'Sent');
  await imap.say('UID COPY 3 Sent');
  await imap.say('UID MOVE 4 Sent');
  await inbox.move([1], 'Sent');
  await imap.say('UID MOVE 2 Sent');
  await Promise.all([inbox.refresh(), sent.refresh()]);
  assert.deepEqual(await subjects(inbox), { 3: 'c' });
  assert.deepEqual(await subjects(sent), { 1: 'a', 2: 'b', 3: 'c', 4: 'd', 5: 'a', 6: 'b' });
  const selected = await imap.say('SELECT Sent');
  assert.match(selected, new RegExp(`UIDVALIDITY ${sent.uidValidity}\\b`));
  assert.deepEqual(
    (await imap.list()).map(({ uid, sizeBytes }) => [uid, sizeBytes]),
    sent.messages.map(({ uid, sizeBytes }) => [uid, sizeBytes]),
  );
});

test(
  'both at once, in two folders: nothing is lost, nothing twice, the same at the end',
  { skip },
  async () => {
    await using both = await startBoth();
    await using inbox = await openFolder(both.mailbox);
    await using sent = await openFolder(both.mailbox, 'Sent');
    const total = 60;
    await fill(
      inbox,
      Array.from({ length: total }, (_, index) => `m${index}`),
    );
    using imap = await both.dovecot.login(ana);
    await imap.say('SELECT INBOX');
    const theirs = async () => {
      for (let uid = 1; uid <= total; uid += 1) {
        await imap
          .say(String.raw`UID STORE ${uid} +FLAGS.SILENT (\Flagged)`)
          .catch(() => undefined);
        if (uid % 7 === 0) await imap.say(`UID MOVE ${uid} Sent`);
        if (uid % 10 === 0) await imap.say('APPEND Sent {16}', 'Subject: t\r\n\r\ntt');
      }
    };
    const ours = async () => {
      for (let uid = total; uid >= 1; uid -= 1) {
        await inbox.setFlags([uid], { how: 'add', flags: ['Mine'] });
        if (uid % 5 === 0) await inbox.move([uid], 'Sent');
        if (uid % 9 === 0) await sent.append([mail(`o${uid}`)]);
      }
    };
    await Promise.all([theirs(), ours()]);
    await Promise.all([inbox.refresh(), sent.refresh(), imap.say('NOOP')]);
    const all = [...Object.values(await subjects(inbox)), ...Object.values(await subjects(sent))];
    for (let index = 0; index < total; index += 1) {
      const copies = all.filter((subject) => subject === `m${index}`).length;
      // Two who move the same message at the same time may leave it in both places, never in neither.
      assert.ok(copies >= 1 && copies <= 2, `m${index} is there ${copies} times`);
    }
    assert.equal(all.filter((subject) => /^[ot]/.test(subject)).length, 6 + 6);
    for (const folder of [inbox, sent]) {
      await imap.say(`SELECT ${folder.name}`);
      await untilSame(imap, folder);
    }
    assert.deepEqual(
      (await readdir(join(both.dir, 'tmp'))).filter((name) => !name.startsWith('folder')),
      [],
    );
  },
);
