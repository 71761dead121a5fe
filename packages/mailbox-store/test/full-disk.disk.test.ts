// A disk that is full: refused by name, nothing half, and fine again once there is room.
import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { powerCut, powerCutProblem } from '../../../test/kit/power-cut.ts';
import { MailboxStoreError } from '../src/index.ts';
import { addPeople, messagesIn, messageTo, openStore, readUidList } from './store-for-tests.ts';

const skip = (await powerCutProblem()) ?? false;

test(
  'a full disk refuses the message, keeps the mailbox whole, and takes it later under the same id',
  { skip },
  async () => {
    await using disk = await powerCut({ sizeMiB: 16 });
    const dir = join(disk.mountPoint, 'store');
    await using store = openStore(dir);
    await addPeople(store, 'ana');
    await store.append(messageTo('ana', 'm0'));
    const ballast = join(disk.mountPoint, 'ballast');
    await writeFile(ballast, Buffer.alloc(64 * 1024 * 1024)).catch(() => undefined);
    let refused: unknown;
    let stored = 0;
    for (let index = 1; refused === undefined && index < 5000; index += 1) {
      const body = Buffer.from(`Subject: ${index}\r\n\r\n${'x'.repeat(4000)}\r\n`);
      await store.append(messageTo('ana', `m${index}`, body)).then(
        () => (stored = index),
        (cause: unknown) => (refused = cause),
      );
    }
    assert.ok(refused instanceof MailboxStoreError && refused.retry, String(refused));
    const maildir = join(dir, 'mail', 'example.test', 'ana', 'Maildir');
    assert.deepEqual(await readdir(join(maildir, 'tmp')), []);
    await rm(ballast);
    assert.equal((await store.append(messageTo('ana', `m${stored + 1}`))).kind, 'stored');
    const names = await messagesIn(maildir);
    assert.equal(names.length, stored + 2);
    assert.deepEqual((await readUidList(maildir)).lines.map(({ name }) => name).sort(), names);
    for (const name of names) {
      const bytes = await readFile(join(maildir, 'new', name));
      assert.equal(bytes.length, Number(/,S=(\d+)/.exec(name)?.[1]));
    }
  },
);
