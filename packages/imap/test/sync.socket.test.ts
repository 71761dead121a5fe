// Clients that come back (RFC 7162): what changed, what went, over a real store and a socket.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letter, startImapSite, type ImapSite } from './imap-site.ts';
import type { RawClient } from './raw-client.ts';

async function withLetters(site: ImapSite, count: number): Promise<void> {
  for (let number = 1; number <= count; number += 1) await site.deliver(letter(`letter ${number}`));
}

const numberAfter = (answer: string, name: string): number =>
  Number(new RegExp(`${name} \\(?(\\d+)`).exec(answer)?.[1]);

async function selected(site: ImapSite, enable = 'CONDSTORE'): Promise<[RawClient, string]> {
  const client = await site.enter();
  await client.ok(`ENABLE ${enable}`);
  return [client, await client.ok('SELECT INBOX')];
}

test('MODSEQ grows with each change and is told with flags once CONDSTORE is enabled (RFC 7162 §3.1.2, §3.1.3)', async () => {
  await using site = await startImapSite();
  await withLetters(site, 3);
  await using client = await site.enter();
  const before = numberAfter(await client.ok('SELECT INBOX'), 'HIGHESTMODSEQ');
  assert.ok(before > 0);
  assert.doesNotMatch(await client.ok('STORE 1 +FLAGS (\\Seen)'), /MODSEQ/);
  // FETCH MODSEQ is such a command (RFC 7162 §3.1).
  const answer = await client.ok('FETCH 1:3 (UID MODSEQ)');
  const first = numberAfter(answer, '\\* 1 FETCH \\(UID 1 MODSEQ');
  assert.ok(first > before);
  const stored = await client.ok('STORE 2 +FLAGS.SILENT (\\Seen)');
  assert.match(stored, /\* 2 FETCH \(MODSEQ \(\d+\)\)/);
  assert.ok(numberAfter(stored, 'MODSEQ') > first);
});

test('FETCH CHANGEDSINCE tells only what changed after it (RFC 7162 §3.1.4.1)', async () => {
  await using site = await startImapSite();
  await withLetters(site, 3);
  const [client, opened] = await selected(site);
  await using _ = client;
  const since = numberAfter(opened, 'HIGHESTMODSEQ');
  assert.doesNotMatch(await client.ok(`FETCH 1:* (FLAGS) (CHANGEDSINCE ${since})`), /FETCH \(/);
  await client.ok('STORE 2 +FLAGS (\\Flagged)');
  const answer = await client.ok(`UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${since})`);
  assert.match(answer, /^\* 2 FETCH \(UID 2 FLAGS \(\\Flagged\) MODSEQ \(\d+\)\)\r\nt\d+ OK/);
});

test('STORE UNCHANGEDSINCE leaves what somebody else changed and says which (RFC 7162 §3.1.3)', async () => {
  await using site = await startImapSite();
  await withLetters(site, 3);
  const [one, opened] = await selected(site);
  await using _ = one;
  const [other] = await selected(site);
  await using __ = other;
  const since = numberAfter(opened, 'HIGHESTMODSEQ');
  await other.ok('STORE 2 +FLAGS (\\Flagged)');
  const answer = await one.ok(`STORE 1:3 (UNCHANGEDSINCE ${since}) +FLAGS (\\Deleted)`);
  assert.match(answer, /t\d+ OK \[MODIFIED 2\]/);
  const flags = await one.ok('FETCH 1:3 FLAGS');
  assert.match(flags, /\* 1 FETCH \(FLAGS \(\\Deleted\)\)/);
  assert.match(flags, /\* 2 FETCH \(FLAGS \(\\Flagged\)\)/);
  assert.match(
    await one.ok('UID STORE 2 (UNCHANGEDSINCE 1) +FLAGS.SILENT (\\Deleted)'),
    /OK \[MODIFIED 2\]/,
  );
});

test('SEARCH MODSEQ answers with the highest one found (RFC 7162 §3.1.5)', async () => {
  await using site = await startImapSite();
  await withLetters(site, 3);
  const [client] = await selected(site);
  await using _ = client;
  const changed = numberAfter(await client.ok('STORE 3 +FLAGS (\\Seen)'), 'MODSEQ');
  assert.match(
    await client.ok(`SEARCH MODSEQ ${changed}`),
    new RegExp(`^\\* SEARCH 3 \\(MODSEQ ${changed}\\)\r\n`),
  );
  assert.match(
    await client.ok(`SEARCH MODSEQ "/flags/\\\\seen" all ${changed + 1}`),
    /^\* SEARCH\r\n/,
  );
  assert.match(
    await client.ok(`SEARCH RETURN (MIN COUNT) MODSEQ 1`),
    /^\* ESEARCH \(TAG "t\d+"\) MIN 1 COUNT 3 MODSEQ \d+\r\n/,
  );
});

test('a client that comes back with QRESYNC is told what went and what changed (RFC 7162 §3.2.5)', async () => {
  await using site = await startImapSite();
  await withLetters(site, 6);
  const [away, opened] = await selected(site, 'QRESYNC');
  const validity = numberAfter(opened, 'UIDVALIDITY');
  const since = numberAfter(opened, 'HIGHESTMODSEQ');
  await away.ok('CLOSE');
  const [worker] = await selected(site, 'QRESYNC');
  await using _ = worker;
  await worker.ok('STORE 2,4 +FLAGS (\\Deleted)');
  // RFC 7162 §3.2.10: VANISHED instead of EXPUNGE.
  const expunged = await worker.ok('EXPUNGE');
  assert.match(expunged, /^\* VANISHED 2,4\r\n/);
  assert.doesNotMatch(expunged, /\* \d+ EXPUNGE/);
  await worker.ok('STORE 4 +FLAGS (\\Answered)');
  await site.deliver(letter('letter 7'));

  const back = await away.ok(`SELECT INBOX (QRESYNC (${validity} ${since}))`);
  assert.match(back, /\* VANISHED \(EARLIER\) 2,4\r\n/);
  assert.match(back, /\* 4 FETCH \(UID 6 FLAGS \(\\Answered\) MODSEQ \(\d+\)\)\r\n/);
  assert.match(back, /\* 5 FETCH \(UID 7 FLAGS \(\) MODSEQ \(\d+\)\)\r\n/);
  assert.equal(back.match(/ FETCH \(/g)?.length, 2);

  // RFC 7162 §3.2.5.1: only the UIDs it knows.
  const known = await away.ok(`SELECT INBOX (QRESYNC (${validity} ${since} 1:3))`);
  assert.match(known, /\* VANISHED \(EARLIER\) 2\r\n/);
  assert.doesNotMatch(known, / FETCH \(/);
  // RFC 7162 §3.2.5: another UIDVALIDITY, nothing to tell.
  const other = await away.ok(`SELECT INBOX (QRESYNC (${validity + 1} ${since}))`);
  assert.doesNotMatch(other, /VANISHED| FETCH \(/);
  const matched = await away.ok(`SELECT INBOX (QRESYNC (${validity} ${since} 1:7 (1,2,3 1,3,5)))`);
  assert.doesNotMatch(matched, /VANISHED/);
  assert.match(matched, /UID 7 FLAGS/);
  await away[Symbol.asyncDispose]();
});

test('UID FETCH CHANGEDSINCE VANISHED tells both (RFC 7162 §3.2.6)', async () => {
  await using site = await startImapSite();
  await withLetters(site, 5);
  const [client, opened] = await selected(site, 'QRESYNC');
  await using _ = client;
  const since = numberAfter(opened, 'HIGHESTMODSEQ');
  await client.ok('STORE 2:3 +FLAGS.SILENT (\\Deleted)');
  await client.ok('EXPUNGE');
  await client.ok('STORE 1 +FLAGS.SILENT (\\Seen)');
  const answer = await client.ok(`UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${since} VANISHED)`);
  assert.match(
    answer,
    /^\* VANISHED \(EARLIER\) 2:3\r\n\* 1 FETCH \(UID 1 FLAGS \(\\Seen\) MODSEQ/,
  );
  assert.match(await client.say('FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)'), /t\d+ BAD/);
  assert.match(await client.say('UID FETCH 1 FLAGS (VANISHED)'), /t\d+ BAD/);
});

test('SELECT (QRESYNC ...) without ENABLE is BAD (RFC 7162 §3.2.5)', async () => {
  await using site = await startImapSite();
  await using client = await site.enter();
  assert.match(await client.say('SELECT INBOX (QRESYNC (1 1))'), /t\d+ BAD/);
});

test('a new keyword is told before it is seen; too many are refused (RFC 3501 §7.2.6, RFC 5530 §3 LIMIT)', async () => {
  await using site = await startImapSite();
  await withLetters(site, 1);
  await using client = await site.enter();
  await client.ok('SELECT INBOX');
  const answer = await client.ok('STORE 1 +FLAGS (Work)');
  assert.match(answer, /^\* FLAGS \([^)]* Work\)\r\n\* OK \[PERMANENTFLAGS \([^)]* Work \\\*\)\]/);
  assert.match(answer, /\* 1 FETCH \(FLAGS \(Work\)\)\r\n/);
  const many = Array.from({ length: 40 }, (_, index) => `k${index}`).join(' ');
  assert.match(await client.say(`STORE 1 +FLAGS (${many})`), /t\d+ NO \[LIMIT\]/);
  assert.match(await client.ok('FETCH 1 FLAGS'), /FLAGS \(Work\)/);
});
