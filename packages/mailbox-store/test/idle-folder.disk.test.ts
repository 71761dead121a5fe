// Mail that comes in while nobody looks: whoever looks next sees it, and it keeps the UID that was told with its delivery.
//
// What it did to somebody: a message delivered to an account that had been read and then left alone for some minutes was not
// in STATUS, SELECT and POP3, and came to light minutes later renamed and with another UID.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeIdle } from './idle-mailbox.ts';
import { openFolder, type TestMailbox } from './mailbox-for-tests.ts';
import { messagesIn, messageTo } from './store-for-tests.ts';

/** Reads the inbox as a mail program does, and goes. */
async function readMail({ mailbox }: TestMailbox): Promise<void> {
  await using folder = await openFolder(mailbox);
  await folder.refresh();
  const uids = folder.messages.map(({ uid }) => uid);
  await folder.setFlags(uids, { how: 'add', flags: [String.raw`\Seen`] });
}

for (const passMs of [0, 1000, 11_000]) {
  for (const first of ['status', 'open'] as const) {
    test(`mail for somebody whose folder was left alone is there ${passMs} ms later by ${first}, and keeps its UID (RFC 3501 §2.3.1.1)`, async (context) => {
      await using made = await makeIdle(context);
      const { mailbox, dir } = made;
      await made.made.store.append(messageTo('ana', 'm1'));
      await readMail(made);
      await made.leaveAlone();
      const answer = await made.made.store.append(messageTo('ana', 'm2'));
      assert.deepEqual(answer, { kind: 'stored', uid: 2, wasThere: false });
      const names = await messagesIn(dir);
      made.passMs(passMs);
      if (first === 'status') {
        const status = await mailbox.status('INBOX');
        assert.deepEqual([status?.messages, status?.uidNext], [2, 3]);
      }
      await using folder = await openFolder(mailbox);
      const uids = () => folder.messages.map(({ uid }) => uid);
      assert.deepEqual(uids(), [1, 2]);
      made.passMs(11_000);
      await folder.refresh();
      assert.deepEqual(uids(), [1, 2]);
      assert.deepEqual(await messagesIn(dir), names, 'nothing was renamed');
    });
  }
}
