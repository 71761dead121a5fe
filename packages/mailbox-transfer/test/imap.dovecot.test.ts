import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Secret } from '@restante/runtime';
import { importMailbox, openMailSource, parseMailPlace } from '@restante/mailbox-transfer';
import type { MailSource, TransferReport } from '@restante/mailbox-transfer';
import type { Mailbox } from '@restante/mailbox-store';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { dovecotMissing, remotePassword, startDovecot } from './dovecot.ts';
import { ana, letter, linesOf, openMailbox } from './mailbox-for-tests.ts';

const skip = dovecotMissing();
const atMs = Date.UTC(2024, 0, 1, 12);

test(
  'an account at another server comes along: folders by their use, flags, keywords, dates; nothing there is changed',
  { skip },
  async () => {
    await using world = await startWorld(3);
    await using open = await openMailbox(join(world.dir, 'new'));
    const first = await bring(world, open.mailbox);
    assert.deepEqual([first.imported, first.failed], [5, 0]);
    const lines = await linesOf(open.mailbox);
    assert.deepEqual(lines, [
      'INBOX | m1 | $Forwarded \\Seen | 2024-01-01T12:00:00',
      'INBOX | m2 |  | 2024-01-01T12:00:00',
      'INBOX | m3 |  | 2024-01-01T12:00:00',
      'Entwürfe alt/2024 | four | \\Seen | 2024-01-01T12:00:00',
      'Sent | three | \\Answered | 2024-01-01T12:00:00',
    ]);
    // With the marks, and without them.
    const second = await bring(world, open.mailbox);
    assert.deepEqual([second.imported, second.alreadyThere], [0, 0]);
    await rm(world.marksDir, { recursive: true });
    const third = await bring(world, open.mailbox);
    assert.deepEqual([third.imported, third.alreadyThere], [0, 5]);
    assert.deepEqual(await linesOf(open.mailbox), lines);
    const cur = await readdir(join(world.maildir, 'cur'));
    assert.equal(cur.filter((name) => /:2,\w*S/.test(name)).length, 1);
  },
);

test('mail that comes to the old account meanwhile comes with the next run', { skip }, async () => {
  await using world = await startWorld(2);
  await using open = await openMailbox(join(world.dir, 'new'));
  await bring(world, open.mailbox);
  await writeFile(join(world.maildir, 'new', '9.late'), letter('late'), { mode: 0o644 });
  const next = await bring(world, open.mailbox);
  assert.deepEqual([next.imported, next.alreadyThere], [1, 0]);
});

test('a wrong password and a server that is not there are told apart', { skip }, async () => {
  await using world = await startWorld(0);
  await assert.rejects(world.source('wrong'), { code: 'SOURCE_LOGIN_REFUSED' });
  const nobody = parseMailPlace('imap://ana@127.0.0.1:1');
  assert(nobody);
  await assert.rejects(
    openMailSource(nobody, { password: new Secret('x'), marksDir: world.marksDir, into: ana }),
    { code: 'SOURCE_UNREACHABLE' },
  );
});

test(
  'killed in the middle, again and again: in the end nothing is missing and nothing twice',
  { skip },
  async () => {
    const messages = 900;
    await using world = await startWorld(messages);
    const dir = join(world.dir, 'new');
    let kills = 0;
    // The first two leave the marks behind, then they are lost as well.
    for (const killAt of [1, 250, 500]) {
      if (await killedAt(killAt, dir, world)) kills += 1;
      if (kills === 3) await rm(world.marksDir, { recursive: true, force: true });
    }
    assert(kills >= 2, `killed ${kills} times`);
    await using open = await openMailbox(dir);
    const before = (await linesOf(open.mailbox)).length;
    assert(before > 0 && before < messages + 2, `${before} before the last run`);
    const report = await bring(world, open.mailbox);
    assert.equal(report.failed, 0);
    const subjects = (await linesOf(open.mailbox)).map((line) => line.split(' | ')[1]);
    assert.equal(subjects.length, messages + 2);
    assert.equal(new Set(subjects).size, messages + 2);
  },
);

interface World extends AsyncDisposable {
  readonly dir: string;
  readonly maildir: string;
  readonly marksDir: string;
  readonly place: string;
  source(password?: string): Promise<MailSource>;
}

async function startWorld(messages: number): Promise<World> {
  const directory = await temporaryDirectory();
  const maildir = join(directory.path, 'old');
  const marksDir = join(directory.path, 'marks');
  for (const folder of ['', '.Gesendet', '.Entw&APw-rfe alt.2024'])
    for (const each of ['cur', 'new', 'tmp'])
      await mkdir(join(maildir, folder, each), { recursive: true });
  const put = async (name: string, text: string) => {
    await writeFile(join(maildir, name), text);
    await utimes(join(maildir, name), atMs / 1000, atMs / 1000);
  };
  for (let n = 1; n <= messages; n += 1)
    await put(`cur/${1_700_000_000 + n}.m${n}:2,${n === 1 ? 'Sa' : ''}`, letter(`m${n}`));
  await put('.Gesendet/cur/1.three:2,R', letter('three'));
  await put('.Entw&APw-rfe alt.2024/cur/1.four:2,S', letter('four', 'x'.repeat(100_000)));
  await put('dovecot-keywords', '0 $Forwarded\n');
  const dovecot = await startDovecot(directory.path, maildir);
  const text = `imap://ana@old.test@127.0.0.1:${dovecot.port}`;
  const place = parseMailPlace(text);
  assert(place);
  return {
    dir: directory.path,
    maildir,
    marksDir,
    place: text,
    source: async (password = remotePassword) =>
      openMailSource(place, { password: new Secret(password), marksDir, into: ana }),
    async [Symbol.asyncDispose]() {
      await dovecot[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function bring(world: World, mailbox: Mailbox): Promise<TransferReport> {
  await using source = await world.source();
  return await importMailbox({ source, mailbox });
}

/** Whether it was killed before it was done. */
async function killedAt(count: number, dir: string, world: World): Promise<boolean> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=source',
      join(import.meta.dirname, 'import-child.ts'),
      dir,
      world.marksDir,
      world.place,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    const told = said.split('\n').map(Number).filter(Number.isFinite);
    if (Math.max(0, ...told) >= count) child.kill('SIGKILL');
  }
  await exited;
  return !said.includes('done');
}
