// mbsync, two ways on two copies: what one side changes, the other has after it ran.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ana, letter, startImapSite } from './imap-site.ts';

const run = promisify(execFile);

function missing(): string | false {
  try {
    execFileSync('mbsync', ['--version']);
    return false;
  } catch {
    return 'mbsync is not installed';
  }
}

interface Copy {
  sync(): Promise<void>;
  /** Subjects with the flags of their file names, sorted. */
  letters(folder: string): Promise<readonly string[]>;
  readonly dir: string;
}

async function makeCopy(parent: string, name: string, port: number): Promise<Copy> {
  const dir = join(parent, name);
  await mkdir(join(dir, 'mail'), { recursive: true });
  const config = join(dir, 'mbsyncrc');
  await writeFile(
    config,
    `IMAPStore far
Host 127.0.0.1
Port ${port}
User ${ana.address}
Pass "${ana.password}"
SSLType None
AuthMechs LOGIN

MaildirStore near
Path ${dir}/mail/
Inbox ${dir}/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Expunge Both
Remove None
SyncState *
CopyArrivalDate yes
`,
  );
  return {
    dir: join(dir, 'mail'),
    async sync() {
      await run('mbsync', ['--config', config, '--all'], { env: { HOME: dir } });
    },
    async letters(folder) {
      const found: string[] = [];
      for (const sub of ['new', 'cur']) {
        for (const file of await readdir(join(dir, 'mail', folder, sub))) {
          const text = await readFile(join(dir, 'mail', folder, sub, file), 'utf8');
          const flags = file.split(':2,')[1] ?? '';
          found.push(`${/^Subject: (.*?)\r?$/m.exec(text)?.[1]} ${flags}`.trim());
        }
      }
      return found.toSorted();
    },
  };
}

test(
  'mbsync carries mail, flags and removals between two copies',
  { skip: missing() },
  async () => {
    await using site = await startImapSite();
    const parent = join(site.dir, 'copies');
    const [one, two] = [
      await makeCopy(parent, 'one', site.server.port),
      await makeCopy(parent, 'two', site.server.port),
    ];
    for (let count = 0; count < 20; count += 1) await site.deliver(letter(`mail ${count}`));
    await one.sync();
    await two.sync();
    assert.equal((await one.letters('INBOX')).length, 20);
    assert.deepEqual(await two.letters('INBOX'), await one.letters('INBOX'));

    // On the first copy: one is read, one goes; a new one is put into Sent. Then the other side hears of it.
    const inbox = join(one.dir, 'INBOX');
    const files = (await readdir(join(inbox, 'new'))).toSorted();
    const name = (index: number) => (files[index] ?? '').split(':')[0] ?? '';
    await rename(join(inbox, 'new', files[0] ?? ''), join(inbox, 'cur', `${name(0)}:2,S`));
    await rename(join(inbox, 'new', files[1] ?? ''), join(inbox, 'cur', `${name(1)}:2,ST`));
    await writeFile(join(one.dir, 'Sent', 'cur', '1795374465.x.near:2,S'), letter('sent from one'));
    await one.sync();
    await two.sync();
    const letters = await two.letters('INBOX');
    assert.equal(letters.length, 19);
    assert.equal(letters.filter((line) => line.endsWith(' S')).length, 1);
    assert.deepEqual(await two.letters('Sent'), ['sent from one S']);

    const mailbox = await site.mailbox();
    assert.equal((await mailbox.status('INBOX'))?.messages, 19);
    assert.deepEqual(site.failures, []);
  },
);
