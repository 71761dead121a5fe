// What one client does, another hears, at the moments it may be told (RFC 3501 §5.5, §7.4.1).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDeflateRaw, createInflateRaw, constants } from 'node:zlib';
import { seededRandom } from '../../../test/kit/seeded-random.ts';
import { type ImapSite, letter, startImapSite } from './imap-site.ts';
import type { RawClient } from './raw-client.ts';

/** A client that believes what it is told: UIDs by sequence number, '?' while it does not know one. */
class Believer {
  readonly client: RawClient;
  readonly uids: (number | '?')[] = [];

  constructor(client: RawClient) {
    this.client = client;
  }

  async say(command: string): Promise<string> {
    const answer = await this.client.say(command);
    this.hear(answer, command);
    return answer;
  }

  hear(answer: string, command: string): void {
    for (const [, number = '', what = '', rest = ''] of answer.matchAll(
      /^\* (\d+) (EXPUNGE|EXISTS|FETCH)(.*)\r$/gm,
    )) {
      const sequence = Number(number);
      if (what === 'EXPUNGE') {
        assert.doesNotMatch(command, /^(?:FETCH|STORE|SEARCH)/, 'EXPUNGE when it may not be told');
        assert.ok(sequence <= this.uids.length);
        this.uids.splice(sequence - 1, 1);
      } else if (what === 'EXISTS') {
        assert.ok(sequence >= this.uids.length, 'EXISTS must not take messages away');
        while (this.uids.length < sequence) this.uids.push('?');
      } else {
        assert.ok(sequence <= this.uids.length, 'FETCH of a message that was not told');
        const uid = Number(/UID (\d+)/.exec(rest)?.[1]);
        if (!Number.isNaN(uid)) {
          const known = this.uids[sequence - 1];
          assert.ok(known === '?' || known === uid, `message ${sequence} became another one`);
          this.uids[sequence - 1] = uid;
        }
      }
    }
  }
}

test('sequence numbers never shift unannounced, whatever two clients do (RFC 3501 §7.4.1, §5.5)', async () => {
  await using site = await startImapSite();
  const seed = Date.now() % 1_000_000;
  const random = seededRandom(seed);
  const pick = (count: number) => Math.floor(random() * count);
  await using first = await site.enter();
  await using second = await site.enter();
  const believers = [new Believer(first), new Believer(second)];
  for (const believer of believers) await believer.say('SELECT INBOX');
  for (let step = 0; step < 150; step += 1) {
    const believer = believers[pick(2)] ?? believers[0];
    assert.ok(believer !== undefined);
    const { length } = believer.uids;
    const any = length === 0 ? '1:*' : String(1 + pick(length));
    const commands = [
      'NOOP',
      'FETCH 1:* (UID FLAGS)',
      `STORE ${any} +FLAGS (\\Deleted)`,
      `STORE ${any} -FLAGS.SILENT (\\Deleted)`,
      'UID SEARCH ALL',
      'SEARCH DELETED',
      'EXPUNGE',
    ];
    const which = pick(commands.length + 2);
    if (which >= commands.length) await site.deliver(letter(`s${step}`));
    else await believer.say(commands[which] ?? 'NOOP');
  }
  for (const believer of believers) {
    await believer.say('NOOP');
    await believer.say('FETCH 1:* (UID)');
  }
  const mailbox = await site.mailbox();
  await using folder = await mailbox.open('INBOX');
  const real = folder?.messages.map(({ uid }) => uid);
  for (const { uids } of believers) assert.deepEqual(uids, real, `seed ${seed}`);
  assert.deepEqual(site.failures, []);
});

async function waitsForNews(site: ImapSite): Promise<RawClient> {
  const client = await site.enter();
  await client.ok('SELECT INBOX');
  client.write('i IDLE\r\n');
  await client.until(/\+ idling\r\n/);
  return client;
}

test('IDLE hears of mail, flags and expunges at once, until DONE (RFC 2177)', async () => {
  await using site = await startImapSite();
  await using client = await waitsForNews(site);
  await site.deliver(letter('one'));
  await client.until(/^\* 1 EXISTS\r\n\* 0 RECENT\r\n/);
  await using other = await site.enter();
  await other.ok('SELECT INBOX');
  await other.ok('STORE 1 +FLAGS (\\Deleted)');
  await client.until(/^\* 1 FETCH \(FLAGS \(\\Deleted\)\)\r\n/);
  await other.ok('EXPUNGE');
  await client.until(/^\* 1 EXPUNGE\r\n/);
  client.write('DONE\r\n');
  assert.match(await client.until(/^i [^\r]*\r\n/), /^i OK/);
  assert.match(await client.say('NOOP'), /OK/);
});

test('IDLE hears of mail another program put into the Maildir (RFC 2177)', async () => {
  await using site = await startImapSite();
  await using client = await waitsForNews(site);
  const { writeFile, rename, readdir } = await import('node:fs/promises');
  const dirs = await readdir(site.dir, { recursive: true, withFileTypes: true });
  const inbox = dirs.find((entry) => entry.isDirectory() && entry.name === 'new')?.parentPath;
  assert.ok(inbox !== undefined);
  const maildir = dirs
    .filter((entry) => entry.name === 'new')
    .map((entry) => entry.parentPath)
    .toSorted((a, b) => a.length - b.length)[0];
  await writeFile(`${maildir}/tmp/1.foreign`, letter('foreign'));
  await rename(`${maildir}/tmp/1.foreign`, `${maildir}/new/1795374465.M1P1.foreign`);
  await client.until(/^\* 1 EXISTS\r\n/);
});

test('a stop says BYE to who waits and lets nobody hang (RFC 3501 §7.1.5)', async () => {
  await using site = await startImapSite();
  await using idling = await waitsForNews(site);
  await using quiet = await site.connect();
  const stopped = site.server.stop(5_000);
  assert.match(await idling.rest(), /^\* BYE/);
  assert.match(await quiet.rest(), /^\* BYE/);
  await stopped;
  assert.equal(site.server.sessions, 0);
});

test('COMPRESS=DEFLATE both ways, and twice is refused (RFC 4978)', async () => {
  await using site = await startImapSite();
  await site.deliver(letter('one', 'x'.repeat(100_000)));
  await using client = await site.enter();
  await client.ok('COMPRESS DEFLATE');
  const { socket } = client;
  socket.removeAllListeners('data');
  const deflate = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH });
  const inflate = createInflateRaw();
  deflate.pipe(socket);
  socket.pipe(inflate);
  let text = '';
  const all = Promise.withResolvers<void>();
  inflate.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    if (/^d OK/m.test(text)) all.resolve();
  });
  deflate.write('a SELECT INBOX\r\nb FETCH 1 BODY.PEEK[TEXT]\r\nc COMPRESS DEFLATE\r\nd NOOP\r\n');
  await all.promise;
  assert.match(text, /BODY\[TEXT\] \{100002\}/);
  assert.match(text, /c NO \[COMPRESSIONACTIVE\]/);
});

test('QRESYNC clients hear VANISHED instead of EXPUNGE (RFC 7162 §3.2.10)', async () => {
  await using site = await startImapSite();
  for (const subject of ['one', 'two', 'three']) await site.deliver(letter(subject));
  await using client = await site.enter();
  await client.ok('ENABLE QRESYNC');
  await client.ok('SELECT INBOX');
  await client.ok('UID STORE 1:2 +FLAGS.SILENT (\\Deleted)');
  assert.match(await client.ok('EXPUNGE'), /^\* VANISHED 1:2\r\nt\d+ OK \[HIGHESTMODSEQ \d+\]/);
});

test('rev2 has no RECENT and names the mailbox it opened (RFC 9051 §6.3.2, §7.1)', async () => {
  await using site = await startImapSite();
  await using client = await site.enter();
  await client.ok('ENABLE IMAP4rev2');
  await client.ok(
    'CREATE "Ümläut"'.replaceAll(/[^\x20-\x7e]/g, (c) => Buffer.from(c).toString('latin1')),
  );
  const answer = await client.ok('SELECT INBOX');
  assert.doesNotMatch(answer, /RECENT/);
  assert.match(answer, /\* LIST \(\) "\/" INBOX\r\n/);
});

test('MOVE tells where messages went before they go (RFC 6851 §4.3)', async () => {
  await using site = await startImapSite();
  await site.deliver(letter('one'));
  await using client = await site.enter();
  await client.ok('SELECT INBOX');
  assert.match(
    await client.ok('MOVE 1 Trash'),
    /^\* OK \[COPYUID \d+ 1 1\][^\r]*\r\n\* 1 EXPUNGE\r\nt\d+ OK/,
  );
  assert.match(await client.ok('UID COPY 77 Trash'), /OK There was nothing/);
  await site.deliver(letter('two'));
  await client.ok('NOOP');
  assert.match(await client.say('COPY 1 Nowhere'), /NO \[TRYCREATE\]/);
});
