// Disks that refuse a sync under an operation on a folder: it is not said to be done, and the folder is right afterwards.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fill, makeMailbox, mailboxOf, openFolder, subjects } from './mailbox-for-tests.ts';
import { startChanging } from './run-child.ts';
import { openStore } from './store-for-tests.ts';
import { whyNoStrace } from './strace.ts';

const skip = whyNoStrace() ?? false;

for (const { only, call } of [
  { only: 'append', call: 'fsync' },
  { only: 'append', call: 'fdatasync' },
  { only: 'store', call: 'fsync' },
  { only: 'copy', call: 'fsync' },
  { only: 'move', call: 'fsync' },
  { only: 'folders', call: 'fsync' },
]) {
  test(
    `a refused ${call} under "${only}" is never told as done (law 2), and nothing is lost`,
    { skip },
    async () => {
      await using made = await makeMailbox({ graceMs: 3_600_000 });
      {
        await using inbox = await openFolder(made.mailbox);
        await fill(inbox, ['a', 'b', 'c', 'd']);
        await made.mailbox.status('Archive');
      }
      await made.made.store[Symbol.asyncDispose]();
      const traces = await mkdtemp(join(tmpdir(), 'trace-'));
      try {
        // One thread for the disk: strace counts calls per thread.
        const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:error=EIO:when=1+`];
        const under = [
          'env',
          'UV_THREADPOOL_SIZE=1',
          'strace',
          '-f',
          '-qq',
          '-o',
          join(traces, 'log'),
        ];
        const child = startChanging(
          { dir: made.made.dir, seed: 3, only, count: 1 },
          { under: [...under, ...inject] },
        );
        await child.ended;
        assert.match(await readFile(join(traces, 'log'), 'utf8'), /INJECTED/, child.stderr());
        assert.deepEqual(
          child.lines.filter(({ done }) => done !== undefined),
          [],
          child.stderr(),
        );
        assert.equal(
          child.lines.find(({ failed }) => failed !== undefined)?.code,
          'MAILBOX_NOT_DURABLE',
        );
      } finally {
        await rm(traces, { recursive: true });
      }
      await using store = openStore(made.made.dir, { graceMs: 3_600_000 });
      const mailbox = await mailboxOf(store);
      const found: string[] = [];
      for (const { name, isSelectable } of await mailbox.folders()) {
        if (!isSelectable) continue;
        await using folder = await openFolder(mailbox, name);
        found.push(...Object.values(await subjects(folder)));
      }
      for (const subject of ['a', 'b', 'c', 'd'])
        assert.ok(found.includes(subject), `${subject} is lost`);
      const parts = found.filter((subject) => subject.startsWith('s3o0'));
      assert.ok([0, 3].includes(parts.length), parts.join());
    },
  );
}
