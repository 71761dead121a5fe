// The operators' door with the real work behind it: a store on disk, a Maildir to bring along, jobs that are looked at.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAccountBook } from '@restante/accounts';
import { openMailboxStore } from '@restante/mailbox-store';
import { silentLogger, systemClock } from '@restante/runtime';
import {
  createOperatorClient,
  createOperatorServer,
  ensureOperatorToken,
} from '@restante/site-api';
import type { OperatorClient, SiteOperations, TransferJob } from '@restante/site-api';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { until } from '../../../test/kit/until.ts';
import { createMailboxOperations } from '../src/operations/mailbox-operations.ts';

const ana = 'ana@example.test';
const anyHash =
  '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

test('a Maildir is brought along, taken away, and what is deleted comes back', async () => {
  await using site = await startSite();
  const { client, dir } = site;
  await mkdir(join(dir, 'old', 'cur'), { recursive: true });
  for (const n of [1, 2, 3])
    await writeFile(
      join(dir, 'old', 'cur', `${n}.m:2,S`),
      `From: eve@outside.test\nSubject: =?utf-8?q?n=C3=BAmero?= ${n}\nMessage-ID: <${n}@x>\n\nHello\n`,
    );
  const from = `maildir:${join(dir, 'old')}`;
  const done = await ended(
    client,
    await client.mailboxes.startImport(ana, { from, isDryRun: false }),
  );
  assert.deepEqual([done.state, done.report.imported, done.report.failed], ['done', 3, 0]);

  const to = `mbox:${join(dir, 'out')}`;
  const out = await ended(client, await client.mailboxes.startExport(ana, { to }));
  assert.deepEqual([out.state, out.report.imported], ['done', 3]);

  await using inbox = await site.inbox();
  await inbox.expunge({ uids: [1, 2], evenUnflagged: true });
  const list = await client.mailboxes.recoverable(ana, { folder: 'INBOX' });
  assert.equal(list.total, 2);
  assert.deepEqual(
    new Set(list.rows.map(({ subject }) => subject)),
    new Set(['número 1', 'número 2']),
  );
  assert.equal(list.rows[0]?.from, 'eve@outside.test');
  assert.equal(
    (await client.mailboxes.recoverable(ana, { sinceMs: Date.now() + 60_000 })).total,
    0,
  );
  assert.deepEqual(await client.mailboxes.undelete(ana, {}), { restored: 2, overQuota: 0 });
  await inbox.refresh();
  assert.equal(inbox.messages.length, 3);
});

test('what cannot be done is said at once, or by the job, in our words', async () => {
  await using site = await startSite();
  const { mailboxes } = site.client;
  const start = async (from: string) => mailboxes.startImport(ana, { from, isDryRun: false });
  await assert.rejects(start('imap://ana:secret@host'), { code: 'BAD_REQUEST' });
  await assert.rejects(start('imap://ana@host'), { code: 'BAD_REQUEST' });
  await assert.rejects(start('maildir:relative'), { code: 'BAD_REQUEST' });
  await assert.rejects(
    mailboxes.startImport('bo@example.test', { from: 'mbox:/x', isDryRun: true }),
    {
      code: 'NOT_FOUND',
    },
  );
  await assert.rejects(mailboxes.startExport(ana, { to: 'imaps://ana@host' }), {
    code: 'BAD_REQUEST',
  });
  await assert.rejects(mailboxes.job('nothing'), { code: 'NOT_FOUND' });
  const job = await ended(site.client, await start('mbox:/nowhere/at/all'));
  assert.equal(job.state, 'failed');
  assert.match(job.problem ?? '', /cannot be read/);
});

async function ended(client: OperatorClient, job: TransferJob): Promise<TransferJob> {
  return until(
    async () => {
      const now = await client.mailboxes.job(job.id);
      return now.state === 'running' ? undefined : now;
    },
    { what: 'the job has ended' },
  );
}

async function startSite() {
  const stack = new AsyncDisposableStack();
  const { path: dir } = stack.use(await temporaryDirectory());
  const accounts = stack.use(
    openAccountBook({
      dir,
      clock: systemClock,
      tagSeparatorOf: () => '+',
      isCaseSensitive: () => false,
    }),
  );
  await accounts.addAccounts([{ address: ana, passwordHash: anyHash }]);
  const store = stack.use(
    openMailboxStore({
      dir,
      hostname: 'mx.example.test',
      clock: systemClock,
      accounts,
      graceMs: 86_400_000,
    }),
  );
  const work = stack.use(
    createMailboxOperations({ store, siteDir: dir, clock: systemClock, logger: silentLogger }),
  );
  const token = await ensureOperatorToken(dir);
  const server = stack.use(
    await createOperatorServer({
      listen: '127.0.0.1:0',
      token,
      site: 'us',
      // Nothing else is asked here.
      operations: {
        mailboxes: work,
        accounts: undefined,
      } as Partial<SiteOperations> as SiteOperations,
      metrics: { render: () => '' },
      isReady: () => ({ ready: true, why: [] }),
      logger: silentLogger,
    }),
  );
  const client = stack.use(createOperatorClient({ baseUrl: `http://${server.address}`, token }));
  return {
    dir,
    client,
    async inbox() {
      const folder = await (await store.mailbox(ana))?.open('INBOX');
      assert(folder);
      return folder;
    },
    [Symbol.asyncDispose]: async () => stack.disposeAsync(),
  };
}
