// Disks that refuse a sync: nothing is acknowledged then, and the next attempt stores the message for real.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startAppending } from './run-child.ts';
import { addPeople, makeStore, messagesIn, messageTo, readUidList } from './store-for-tests.ts';
import { whyNoStrace } from './strace.ts';

const skip = whyNoStrace() ?? false;

// One delivery into an existing mailbox: fsync of the message, fsync of new/, fdatasync of the UID list.
const syncs = [
  { call: 'fsync', nth: 1, what: 'the message' },
  { call: 'fsync', nth: 2, what: 'the directory' },
  { call: 'fdatasync', nth: 1, what: 'the UID list' },
];
for (const { call, nth, what, isJunk } of [
  ...syncs.map((sync) => ({ ...sync, isJunk: false })),
  ...syncs.map((sync) => ({ ...sync, isJunk: true })),
]) {
  const place = isJunk ? 'Junk' : 'the inbox';
  test(
    `${place}: a failed sync of ${what} is no delivery (law 2), and the same id is stored once afterwards`,
    { skip },
    async () => {
      await using made = await makeStore();
      await addPeople(made.store, 'ana');
      const request = (id: string) => ({ ...messageTo('ana', id), isJunk });
      const maildir = join(made.maildir('ana'), isJunk ? '.Junk' : '');
      await made.store.append(request('before'));
      const traces = await mkdtemp(join(tmpdir(), 'trace-'));
      try {
        // One thread for the disk: strace counts calls per thread.
        const under = [
          'env',
          'UV_THREADPOOL_SIZE=1',
          'strace',
          '-f',
          '-qq',
          '-o',
          join(traces, 'log'),
          '-e',
          `trace=${call}`,
          '-e',
          `inject=${call}:error=EIO:when=${nth}`,
        ];
        const child = startAppending(
          { dir: made.dir, local: 'ana', prefix: 'r', parallel: 1, count: 2, isJunk },
          { under },
        );
        await child.ended;
        assert.match(await readFile(join(traces, 'log'), 'utf8'), /INJECTED/, child.stderr());
        const [failed, stored] = child.lines;
        assert.equal(failed?.failed, 'MAILBOX_NOT_DURABLE');
        assert.equal(stored?.failed, undefined);
        const isVisible = (await messagesIn(maildir)).some((name) => name.includes('.r-1.'));
        // Only a message that is safe itself may stay when its UID is not.
        assert.equal(isVisible, call === 'fdatasync');
        await made.reopen();
        const answer = await made.store.append(request('r-1'));
        assert.equal(answer.kind === 'stored' && answer.wasThere, call === 'fdatasync');
        const { lines } = await readUidList(maildir);
        assert.equal(lines.filter(({ name }) => name.includes('.r-1.')).length, 1);
        assert.equal((await messagesIn(maildir)).length, 3);
      } finally {
        await rm(traces, { recursive: true });
      }
    },
  );
}
