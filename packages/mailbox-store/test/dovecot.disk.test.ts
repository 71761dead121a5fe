// A real Dovecot on the same tree: the same UIDs on both sides, whoever was first.
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Dovecot, startDovecot, whyNoDovecot } from './dovecot.ts';
import { startAppending } from './run-child.ts';
import { addPeople, messagesIn, openStore, readUidList } from './store-for-tests.ts';

const skip = whyNoDovecot() ?? false;
const address = 'ana@example.test';

test('Dovecot shows our deliveries under the UIDs we gave', { skip }, async () => {
  await using dovecot = await startDovecot();
  await addAna(dovecot);
  const given = await deliver(dovecot, 'first', 5);

  using imap = await dovecot.login(address);
  await imap.say('SELECT INBOX');
  const seen = await imap.list();
  assert.deepEqual(
    seen.map(({ uid }) => uid),
    given.map(({ uid }) => uid),
  );
  const { header, lines } = await readUidList(maildirOf(dovecot));
  const validity = /V(\d+)/.exec(header)?.[1];
  const status = await imap.say('STATUS INBOX (UIDVALIDITY UIDNEXT)');
  assert.match(status, new RegExp(String.raw`UIDVALIDITY ${validity}\b`));
  assert.match(status, /UIDNEXT 6\b/);
  for (const { uid, sizeBytes } of seen) {
    const name = lines.find((line) => line.uid === uid)?.name ?? '';
    assert.match(name, new RegExp(`,S=${sizeBytes},W=${sizeBytes}$`));
  }
  await assertQuiet(dovecot);
});

test('UIDs that Dovecot gave are continued, not repeated', { skip }, async () => {
  await using dovecot = await startDovecot();
  await addAna(dovecot);
  await deliver(dovecot, 'first', 3);
  using imap = await dovecot.login(address);
  await dropInto(dovecot, '1700000001.M1P1.other');
  await imap.say('SELECT INBOX');
  await imap.say('APPEND INBOX {16}', 'Subject: y\r\n\r\nyy');
  assert.deepEqual(
    (await imap.list()).map(({ uid }) => uid),
    [1, 2, 3, 4, 5],
  );

  const given = await deliver(dovecot, 'second', 2);
  assert.deepEqual(
    given.map(({ uid }) => uid),
    [6, 7],
  );
  await imap.say('NOOP');
  assert.deepEqual(
    (await imap.list()).map(({ uid }) => uid),
    [1, 2, 3, 4, 5, 6, 7],
  );
  await assertQuiet(dovecot);
});

test(
  'deliveries by both at the same time: every message once, the same UIDs on both sides',
  { skip },
  async () => {
    await using dovecot = await startDovecot();
    await addAna(dovecot);
    const child = startAppending({
      ...ordersFor(dovecot),
      prefix: 'both',
      parallel: 4,
      count: 400,
    });
    using imap = await dovecot.login(address);
    using watcher = await dovecot.login(address);
    await imap.say('SELECT INBOX');
    await watcher.say('SELECT INBOX');
    let hasEnded = false;
    void child.ended.then(() => (hasEnded = true));
    let appended = 0;
    for (let index = 0; index < 40 || !hasEnded; index += 1) {
      appended += 1;
      await imap.say('APPEND INBOX {16}', 'Subject: y\r\n\r\nyy');
      await watcher.say('NOOP');
      // Flags are file names in Maildir: Dovecot renames what we are just putting there.
      if (index % 10 === 9) await watcher.say(String.raw`STORE 1:* +FLAGS.SILENT (\Seen)`);
      if (index % 20 === 19)
        await watcher
          .say(String.raw`UID STORE ${index} +FLAGS.SILENT (\Deleted)`)
          .then(() => watcher.say('EXPUNGE'));
    }
    await child.ended;
    assert.deepEqual(
      child.lines.filter((line) => line.failed !== undefined),
      [],
      child.stderr(),
    );
    assert.equal(child.lines.length, 400);

    await imap.say('NOOP');
    const seen = (await imap.list()).map(({ uid }) => uid);
    const { lines } = await readUidList(maildirOf(dovecot));
    const uidOf = new Map(lines.map(({ uid, name }) => [name.replace(/:.*$/, ''), uid]));
    assert.equal(new Set(lines.map(({ uid }) => uid)).size, lines.length, 'a UID was given twice');
    const names = await messagesIn(maildirOf(dovecot));
    assert.deepEqual(
      names.map((name) => uidOf.get(name)).sort((a = 0, b = 0) => a - b),
      seen,
    );
    for (const { deliveryId, uid } of child.lines) {
      const listed = lines.find(({ name }) => name.includes(`.${deliveryId}.`));
      if (listed) assert.equal(listed.uid, uid, `${deliveryId} changed its UID`);
    }
    assert.ok(names.length >= 400, `${names.length} messages after ${appended} appends of Dovecot`);
    await assertQuiet(dovecot);
  },
);

test('a message that Dovecot has flagged is still known by its delivery id', { skip }, async () => {
  await using dovecot = await startDovecot();
  await addAna(dovecot);
  const [first] = await deliver(dovecot, 'again', 1);
  using imap = await dovecot.login(address);
  await imap.say('SELECT INBOX');
  await imap.say(String.raw`STORE 1 +FLAGS (\Seen \Answered)`);
  const [second] = await deliver(dovecot, 'again', 1);
  assert.deepEqual(
    { uid: second?.uid, wasThere: second?.wasThere },
    { uid: first?.uid, wasThere: true },
  );
  assert.equal((await readdir(join(maildirOf(dovecot), 'cur'))).length, 1);
  assert.equal((await readdir(join(maildirOf(dovecot), 'new'))).length, 0);
});

async function addAna(dovecot: Dovecot): Promise<void> {
  {
    await using store = openStore(dovecot.mailDir);
    await addPeople(store, 'ana');
  }
  execFileSync('chown', ['-R', `${dovecot.uid}:${dovecot.uid}`, dovecot.mailDir]);
}

function ordersFor(dovecot: Dovecot): {
  readonly dir: string;
  readonly local: string;
  readonly uid: number;
} {
  return { dir: dovecot.mailDir, local: 'ana', uid: dovecot.uid };
}

async function deliver(
  dovecot: Dovecot,
  prefix: string,
  count: number,
): Promise<ReturnType<typeof startAppending>['lines']> {
  const child = startAppending({ ...ordersFor(dovecot), prefix, parallel: 1, count });
  await child.ended;
  assert.equal(child.lines.length, count, child.stderr());
  return child.lines;
}

function maildirOf({ mailDir }: Dovecot): string {
  return join(mailDir, 'mail', 'example.test', 'ana', 'Maildir');
}

async function dropInto(dovecot: Dovecot, name: string): Promise<void> {
  const path = join(maildirOf(dovecot), 'new', name);
  await writeFile(path, 'Subject: dropped\r\n\r\nby another program\r\n');
  execFileSync('chown', [`${dovecot.uid}:${dovecot.uid}`, path]);
}

/** Dovecot complains in its log about UID lists it does not like. */
async function assertQuiet(dovecot: Dovecot): Promise<void> {
  const complaints = (await dovecot.log())
    .split('\n')
    .filter((line) => /Error|Warning|Panic|Fatal/.test(line));
  assert.deepEqual(complaints, []);
}
