// Debian's Dovecot on the Maildir tree of a site that runs: both serve the same mailbox at the same time, both change it, and
// each shows what the other did under the same UIDs.
//
// Dovecot reads no mail as root, so the site lives here as the user that Dovecot reads mail as.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ImapFlow } from 'imapflow';
import { startCluster, type Cluster } from '../kit/cluster.ts';
import { dovecotMailUid, dovecotMissing, startDovecot } from '../kit/dovecot.ts';
import { openImap, personAt, portOf, writeTo, type Person } from '../kit/person.ts';
import { whyMissing } from '../kit/programs.ts';
import { until } from '../kit/until.ts';

/** UID to subject and flags. */
interface Seen {
  readonly uidValidity: string;
  readonly letters: Readonly<Record<number, string>>;
}

// It still may read a checkout that only root may; what it writes is its own.
const asMailUser = [
  'setpriv',
  `--reuid=${dovecotMailUid}`,
  `--regid=${dovecotMailUid}`,
  '--clear-groups',
  '--inh-caps=+dac_override',
  '--ambient-caps=+dac_override',
];

test(
  'Dovecot and a running site on one mailbox show the same UIDs, UIDVALIDITY, flags and keywords, whoever changed them',
  { skip: dovecotMissing() ?? whyMissing('setpriv') },
  async () => {
    await using cluster = await startCluster();
    const person = personAt(cluster, 'shanghai');
    await liveAsMailUser(cluster);
    for (const subject of ['one', 'two', 'three', 'four']) await writeTo(cluster, person, subject);

    const { dir } = cluster.site('shanghai');
    const ours = await openImap(cluster, person, await readFile(cluster.endpoints.ca, 'utf8'));
    await until(async () => (await ours.status('INBOX', { messages: true })) !== false, {
      what: 'the mailbox is there',
    });
    await ours.mailboxOpen('INBOX');
    await until(async () => count(await look(ours)) === 4, { what: 'all four are there' });
    await using dovecot = await startDovecot({
      dir: join(cluster.dir, 'dovecot'),
      mailDir: join(dir, 'mail'),
    });
    const theirs = await openDovecot(dovecot.imap, person);
    await theirs.mailboxOpen('INBOX');
    const both = { ours, theirs };
    const first = await untilSame(both);
    assert.equal(count(first), 4);

    // We change, Dovecot sees.
    await ours.messageFlagsAdd('1', [String.raw`\Seen`, '$Work', 'holiday'], { uid: true });
    await ours.messageFlagsAdd('2', [String.raw`\Flagged`], { uid: true });
    await ours.messageDelete('3', { uid: true });
    const second = await untilSame(both);
    assert.deepEqual(second.letters, {
      1: String.raw`one $Work \Seen holiday`,
      2: String.raw`two \Flagged`,
      4: 'four',
    });

    // Dovecot changes, we see: a keyword that it names anew, one that we named, a removal, and mail of its own.
    await theirs.messageFlagsAdd('4', ['invoice', 'holiday'], { uid: true });
    await theirs.messageFlagsRemove('1', ['$Work'], { uid: true });
    await theirs.messageDelete('2', { uid: true });
    await theirs.append('INBOX', 'Subject: five\r\n\r\nHi.\r\n', [String.raw`\Answered`]);
    const third = await untilSame(both);
    assert.deepEqual(third.letters, {
      1: String.raw`one \Seen holiday`,
      4: 'four holiday invoice',
      5: String.raw`five \Answered`,
    });

    // Both at once: deliveries, and flags on the same message.
    await Promise.all([
      ...Array.from({ length: 10 }, async (_, index) => writeTo(cluster, person, `ours-${index}`)),
      appendAll(theirs, 10),
      ours.messageFlagsAdd('5', ['ours'], { uid: true }),
      theirs.messageFlagsAdd('1', [String.raw`\Flagged`], { uid: true }),
    ]);
    await until(async () => count(await look(ours)) === 23, { what: 'all are there' });
    const fourth = await untilSame(both);
    assert.equal(new Set(Object.values(fourth.letters)).size, 23, 'each of them once');
    assert.match(fourth.letters[1] ?? '', /Flagged/);
    assert.match(fourth.letters[5] ?? '', /ours/);

    // What one moves, the other finds in the other folder; and no UIDVALIDITY changed by any of it.
    await ours.messageMove('1', 'Archive', { uid: true });
    await theirs.messageMove('4', 'Archive', { uid: true });
    assert.equal((await untilSame(both)).uidValidity, first.uidValidity);
    for (const client of [ours, theirs]) await client.mailboxOpen('Archive');
    const moved = await untilSame(both);
    assert.deepEqual(moved.letters, {
      1: String.raw`one \Flagged \Seen holiday`,
      2: 'four holiday invoice',
    });

    // And none of it depends on what the site remembers.
    await ours.logout();
    await cluster.kill('shanghai');
    await cluster.start('shanghai', { through: asMailUser });
    const later = await openImap(cluster, person, await readFile(cluster.endpoints.ca, 'utf8'));
    await later.mailboxOpen('Archive');
    assert.deepEqual(await look(later), moved);
    await later.mailboxOpen('INBOX');
    await theirs.mailboxOpen('INBOX');
    assert.equal(count(await untilSame({ ours: later, theirs })), 21);
    await Promise.all([later.logout(), theirs.logout()]);
    const complaints = /^.*(?:Error|Warning|Panic|Fatal).*$/gm;
    assert.deepEqual((await dovecot.log()).match(complaints) ?? [], []);
  },
);

async function liveAsMailUser(cluster: Cluster): Promise<void> {
  await cluster.kill('shanghai');
  const owner = `${dovecotMailUid}:${dovecotMailUid}`;
  await chmod(cluster.dir, 0o755);
  execFileSync('chown', ['-R', owner, cluster.site('shanghai').dir]);
  await cluster.start('shanghai', { through: asMailUser });
}

async function openDovecot(endpoint: string, person: Person): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: portOf(endpoint),
    secure: false,
    doSTARTTLS: false,
    auth: { user: person.address, pass: 'secret' },
    logger: false,
  });
  await client.connect();
  return client;
}

async function appendAll(client: ImapFlow, many: number): Promise<void> {
  for (let index = 0; index < many; index += 1)
    await client.append('INBOX', `Subject: theirs-${index}\r\n\r\nHi.\r\n`);
}

async function look(client: ImapFlow): Promise<Seen> {
  await client.noop();
  const letters: Record<number, string> = {};
  for await (const { uid, envelope, flags } of client.fetch('1:*', {
    envelope: true,
    flags: true,
  })) {
    const words = [...(flags ?? [])].filter((flag) => flag !== String.raw`\Recent`);
    letters[uid] = [envelope?.subject ?? '', ...words.toSorted()].join(' ');
  }
  const { mailbox } = client;
  return { uidValidity: mailbox === false ? '' : String(mailbox.uidValidity), letters };
}

/** Both trust a directory for a moment, as both may. */
async function untilSame({
  ours,
  theirs,
}: {
  readonly ours: ImapFlow;
  readonly theirs: ImapFlow;
}): Promise<Seen> {
  return until(
    async () => {
      const [seenByUs, seenByThem] = [await look(ours), await look(theirs)];
      assert.deepEqual(seenByUs, seenByThem);
      return seenByUs;
    },
    { what: 'both show the same', everyMs: 250 },
  );
}

function count({ letters }: Seen): number {
  return Object.keys(letters).length;
}
