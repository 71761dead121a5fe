// The power fails right after an operation on folders or their messages has resolved.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { powerCut, powerCutProblem } from '../../../test/kit/power-cut.ts';
import type { Folder, Mailbox } from '../src/index.ts';
import { fill, flagsOf, mailboxOf, openFolder, subjects } from './mailbox-for-tests.ts';
import { addPeople, openStore } from './store-for-tests.ts';

const skip = (await powerCutProblem()) ?? false;
const graceMs = 3_600_000;

interface Step {
  readonly what: string;
  readonly work: (mailbox: Mailbox, inbox: Folder, archive: Folder) => Promise<unknown>;
}

const steps: readonly Step[] = [
  { what: 'APPEND of three', work: (_, inbox) => fill(inbox, ['a', 'b', 'c']) },
  { what: 'APPEND with keywords', work: (_, inbox) => fill(inbox, ['d'], ['Work', 'Home']) },
  {
    what: 'STORE',
    work: (_, inbox) => inbox.setFlags([1, 2], { how: 'add', flags: [String.raw`\Seen`, 'New'] }),
  },
  { what: 'COPY of two', work: (_, inbox) => inbox.copy([1, 2], 'Archive') },
  { what: 'MOVE of one', work: (_, inbox) => inbox.move([3], 'Archive') },
  { what: 'MOVE of two back', work: (_, __, archive) => archive.move([1, 3], 'INBOX') },
  { what: 'EXPUNGE', work: (_, inbox) => inbox.expunge({ uids: [2], evenUnflagged: true }) },
  { what: 'CREATE', work: (mailbox) => mailbox.createFolder('X/Y', { specialUse: 'junk' }) },
  { what: 'SUBSCRIBE', work: (mailbox) => mailbox.setSubscribed('X/Y', true) },
  { what: 'COPY into it', work: (_, inbox) => inbox.copy([1], 'X/Y') },
  { what: 'RENAME', work: (mailbox) => mailbox.renameFolder('X', 'Z') },
  { what: 'DELETE', work: (mailbox) => mailbox.deleteFolder('Z/Y') },
  { what: 'undelete', work: (mailbox) => mailbox.undelete() },
];

test(
  'a power cut after every kind of change: what resolved is what is found, from the disk alone',
  { skip },
  async () => {
    await using disk = await powerCut({ sizeMiB: 32 });
    const dir = join(disk.mountPoint, 'store');
    await using store = openStore(dir, { graceMs });
    await addPeople(store, 'ana');
    const mailbox = await mailboxOf(store);
    await using inbox = await openFolder(mailbox);
    await using archive = await openFolder(mailbox, 'Archive');
    for (const { what, work } of steps) {
      await work(mailbox, inbox, archive);
      const before = await picture(mailbox);
      await using after = await disk.cut();
      await using restarted = openStore(join(after.mountPoint, 'store'), { graceMs });
      assert.deepEqual(await picture(await mailboxOf(restarted)), before, `after ${what}`);
    }
  },
);

/** Everything a client could have been told and may rely on. */
async function picture(mailbox: Mailbox): Promise<object> {
  const folders = await mailbox.folders();
  const contents: object[] = [];
  for (const { name, isSelectable } of folders) {
    if (!isSelectable) continue;
    await using folder = await openFolder(mailbox, name);
    const { uidValidity, uidNext, mailboxId, keywords } = folder;
    contents.push({
      name,
      uidValidity,
      uidNext,
      mailboxId,
      keywords,
      subjects: await subjects(folder),
      flags: flagsOf(folder),
    });
  }
  return { folders, contents, subscriptions: await mailbox.subscriptions() };
}
