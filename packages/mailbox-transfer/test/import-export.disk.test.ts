import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  exportMailbox,
  importMailbox,
  openMailSource,
  openMailTarget,
  parseMailPlace,
} from '@restante/mailbox-transfer';
import type { ImportOptions, MailPlace, TransferReport } from '@restante/mailbox-transfer';
import type { Mailbox } from '@restante/mailbox-store';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { ana, letter, linesOf, openMailbox } from './mailbox-for-tests.ts';

const atMs = Date.UTC(2024, 0, 1, 12);

test('a Maildir comes along with folders, flags, keywords and dates, and a second time nothing comes', async () => {
  await using dir = await temporaryDirectory();
  const place = await writeMaildir(join(dir.path, 'old'));
  await using open = await openMailbox(join(dir.path, 'new'));
  const { mailbox } = open;

  const dry = await bring(place, mailbox, { isDryRun: true });
  assert.deepEqual([dry.imported, dry.failed, (await linesOf(mailbox)).length], [5, 1, 0]);

  const first = await bring(place, mailbox);
  assert.deepEqual([first.imported, first.alreadyThere, first.failed], [5, 0, 1]);
  assert.match(first.problems[0]?.where ?? '', /cur\/9\.link/);
  const lines = await linesOf(mailbox);
  assert.deepEqual(
    lines,
    [
      'INBOX | one | \\Flagged \\Seen work | 2024-01-01T12:00:00',
      'INBOX | two |  | 2024-01-01T12:00:00',
      'INBOX | two |  | 2024-01-01T12:00:00',
      'Entwürfe.alt/2024 | four | \\Seen | 2024-01-01T12:00:00',
      'Sent | three | \\Seen | 2024-01-01T12:00:00',
    ].toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)),
  );
  assert((await mailbox.subscriptions()).includes('Entwürfe.alt/2024'));

  const second = await bring(place, mailbox);
  assert.deepEqual([second.imported, second.alreadyThere, second.failed], [0, 5, 1]);
  assert.deepEqual(await linesOf(mailbox), lines);
});

for (const kind of ['maildir', 'mbox'] as const) {
  test(`what is exported to ${kind} comes back the same, and a second export repeats nothing`, async () => {
    await using dir = await temporaryDirectory();
    const place = await writeMaildir(join(dir.path, 'old'));
    await using open = await openMailbox(join(dir.path, 'new'));
    await bring(place, open.mailbox);

    const to: MailPlace = { kind, path: join(dir.path, 'out') };
    const first = await exportMailbox(await openMailTarget(to), { mailbox: open.mailbox });
    assert.deepEqual([first.imported, first.failed], [5, 0]);
    const again = await exportMailbox(await openMailTarget(to), { mailbox: open.mailbox });
    assert.equal(again.imported, kind === 'maildir' ? 0 : 5);

    await using other = await openMailbox(join(dir.path, 'other'));
    const back = await bring(to, other.mailbox);
    assert.deepEqual([back.imported, back.failed], [5, 0]);
    assert.deepEqual(await linesOf(other.mailbox), await linesOf(open.mailbox));
    // And into the mailbox it came from: everything is known.
    assert.equal((await bring(to, open.mailbox)).imported, 0);
  });
}

test('a full mailbox ends the import, and says where', async () => {
  await using dir = await temporaryDirectory();
  const path = join(dir.path, 'mbox');
  const from = 'From eve@outside.test Mon Jan  1 12:00:00 2024\n';
  await writeFile(
    path,
    [1, 2, 3, 4].map((n) => `${from}${letter(`m${n}`, 'x'.repeat(400_000))}\n\n`).join(''),
  );
  await using open = await openMailbox(join(dir.path, 'new'), { quotaBytes: 1_000_000 });
  const report = await bring({ kind: 'mbox', path }, open.mailbox);
  assert.deepEqual([report.imported, report.failed, report.endedEarly], [2, 1, 'over-quota']);
});

test('an import that is called off keeps what it has brought', async () => {
  await using dir = await temporaryDirectory();
  const place = await writeMaildir(join(dir.path, 'old'));
  await using open = await openMailbox(join(dir.path, 'new'));
  const aborter = new AbortController();
  const report = await bring(place, open.mailbox, {
    signal: aborter.signal,
    onProgress: ({ foldersDone }) => {
      if (foldersDone === 1) aborter.abort();
    },
  });
  assert.equal(report.endedEarly, 'cancelled');
  assert.equal((await linesOf(open.mailbox)).length, report.imported);
});

test('an mbox export that is called off leaves the whole one that was there', async () => {
  await using dir = await temporaryDirectory();
  await using open = await openMailbox(join(dir.path, 'new'));
  await bring(await writeMaildir(join(dir.path, 'old')), open.mailbox);
  const to: MailPlace = { kind: 'mbox', path: join(dir.path, 'out') };
  await exportMailbox(await openMailTarget(to), { mailbox: open.mailbox });
  const inbox = join(to.path, 'INBOX.mbox');
  const whole = await readFile(inbox, 'latin1');
  const aborter = new AbortController();
  const report = await exportMailbox(await openMailTarget(to), {
    mailbox: open.mailbox,
    signal: aborter.signal,
    // Within the first folder: this is told behind its first message.
    onProgress: ({ imported }) => void (imported > 0 && aborter.abort()),
  });
  assert.equal(report.endedEarly, 'cancelled');
  assert.equal(await readFile(inbox, 'latin1'), whole);
});

test('no two folders of an mbox export become one file', async () => {
  await using dir = await temporaryDirectory();
  await using open = await openMailbox(join(dir.path, 'new'));
  const names = ['100%', 'a\\b', 'a_b', 'a%5Cb'];
  for (const name of names) {
    await open.mailbox.createFolder(name);
    await using folder = await open.mailbox.open(name);
    await folder?.append([
      { body: Buffer.from(letter(name).replaceAll('\n', '\r\n')), flags: [], receivedAtMs: atMs },
    ]);
  }
  const before = await linesOf(open.mailbox);
  assert.equal(before.length, names.length);
  const to: MailPlace = { kind: 'mbox', path: join(dir.path, 'out') };
  await exportMailbox(await openMailTarget(to), { mailbox: open.mailbox });
  await using other = await openMailbox(join(dir.path, 'other'));
  await bring(to, other.mailbox);
  assert.deepEqual(await linesOf(other.mailbox), before);
});

test(
  'a pipe or a link among the files of a Maildir holds nobody up and shows nobody else’s files',
  { timeout: 20_000 },
  async () => {
    await using dir = await temporaryDirectory();
    const path = join(dir.path, 'old');
    const place = await writeMaildir(path);
    for (const name of ['dovecot-keywords', 'subscriptions', 'dovecot-uidlist']) {
      await rm(join(path, name), { force: true });
      execFileSync('mkfifo', [join(path, name)]);
    }
    await using open = await openMailbox(join(dir.path, 'new'));
    assert.ok((await bring(place, open.mailbox)).imported > 0);
  },
);

async function bring(
  place: MailPlace,
  mailbox: Mailbox,
  options: Partial<ImportOptions> = {},
): Promise<TransferReport> {
  await using source = await openMailSource(place, { marksDir: '/nowhere', into: ana });
  return await importMailbox({ source, mailbox, ...options });
}

/** INBOX with a message twice and a link to somebody's secrets; Sent, compressed; a folder with a dot in its name. */
async function writeMaildir(path: string): Promise<MailPlace> {
  const folders = ['', '.Sent Items', '.Entw&APw-rfe\\2ealt.2024'];
  for (const folder of folders)
    for (const each of ['cur', 'new', 'tmp'])
      await mkdir(join(path, folder, each), { recursive: true });
  const put = async (name: string, bytes: string | Buffer) => {
    await writeFile(join(path, name), bytes);
    await utimes(join(path, name), atMs / 1000, atMs / 1000);
  };
  await put('cur/1.one:2,FSa', letter('one'));
  await put('cur/2.two:2,', letter('two'));
  await put('new/3.two', letter('two'));
  await put('.Sent Items/cur/4.three:2,S', gzipSync(letter('three')));
  await put(`${folders[2]}/cur/5.four:2,S`, letter('four', 'From here\n>From there\n'));
  await put('dovecot-keywords', '0 work\n');
  await put('subscriptions', 'V\t2\n\nINBOX\nEntw&APw-rfe\\2ealt\t2024\n');
  await put('secret', letter('secret'));
  await symlink(join(path, 'secret'), join(path, 'cur', '9.link:2,S'));
  const place = parseMailPlace(`maildir:${path}`);
  assert(place);
  return place;
}

function rank(line: string): number {
  return line.startsWith('INBOX') ? 0 : 1;
}
