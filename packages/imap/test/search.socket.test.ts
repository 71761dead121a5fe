// SEARCH and its kin over a real store: what Dovecot does not know, or cannot be asked beside it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letter, startImapSite } from './imap-site.ts';

test('"$" is what SEARCH RETURN (SAVE) found, in every command after it (RFC 5182 §2)', async () => {
  await using site = await startImapSite();
  for (const subject of ['tea', 'milk', 'tea again', 'bread']) await site.deliver(letter(subject));
  await using client = await site.enter();
  await client.ok('SELECT INBOX');
  assert.match(await client.ok('SEARCH RETURN (SAVE) SUBJECT tea'), /^t\d+ OK/);
  assert.match(
    await client.ok('FETCH $ UID'),
    /^\* 1 FETCH \(UID 1\)\r\n\* 3 FETCH \(UID 3\)\r\nt/,
  );
  assert.match(await client.ok('SEARCH NOT $'), /^\* SEARCH 2 4\r\n/);
  assert.match(
    await client.ok('UID SEARCH RETURN (SAVE MIN COUNT) NOT $'),
    /^\* ESEARCH \(TAG "t\d+"\) UID MIN 2 COUNT 2\r\n/,
  );
  await client.ok('UID STORE $ +FLAGS.SILENT (\\Deleted)');
  await client.ok('EXPUNGE');
  // RFC 5182 §2.1: what is gone is gone from it as well.
  assert.match(await client.ok('FETCH $ UID'), /^t\d+ OK/);
  assert.match(await client.say('SEARCH RETURN (SAVE) CHARSET nonsense ALL'), /NO \[BADCHARSET/);
});

test('a page of results (RFC 9394 §3)', async () => {
  await using site = await startImapSite();
  for (let number = 1; number <= 5; number += 1) await site.deliver(letter(`letter ${number}`));
  await using client = await site.enter();
  await client.ok('SELECT INBOX');
  const search = async (options: string): Promise<string> =>
    (await client.ok(`UID SEARCH RETURN (${options}) ALL`)).split('\r\n')[0] ?? '';
  assert.match(await search('PARTIAL 2:3'), /UID PARTIAL \(2:3 2:3\)$/);
  assert.match(await search('PARTIAL -1:-2 COUNT'), /UID COUNT 5 PARTIAL \(-1:-2 4:5\)$/);
  assert.match(await search('PARTIAL 9:10'), /UID PARTIAL \(9:10 NIL\)$/);
  assert.match(await client.say('SEARCH RETURN (ALL PARTIAL 1:2) ALL'), /t\d+ BAD/);
  assert.equal(
    (await client.ok('UID FETCH 1:* (UID) (PARTIAL -1:-2)')).match(/\* \d FETCH/g)?.length,
    2,
  );
});

test('rev2 clients are answered with ESEARCH (RFC 9051 §6.4.4)', async () => {
  await using site = await startImapSite();
  await site.deliver(letter('one'));
  await using client = await site.enter();
  await client.ok('ENABLE IMAP4rev2');
  await client.ok('SELECT INBOX');
  assert.match(await client.ok('SEARCH ALL'), /^\* ESEARCH \(TAG "t\d+"\) ALL 1\r\n/);
  assert.match(await client.ok('SEARCH SEEN'), /^\* ESEARCH \(TAG "t\d+"\)\r\n/);
});

test('objects, save dates and previews (RFC 8474 §5, RFC 8514 §4, RFC 8970 §3)', async () => {
  await using site = await startImapSite();
  await site.deliver(letter('one', 'The first words of it.'));
  await using client = await site.enter();
  await client.ok('CREATE Copies');
  await client.ok('SELECT INBOX');
  await client.ok('COPY 1 Copies');
  const answer = await client.ok('FETCH 1 (EMAILID THREADID SAVEDATE PREVIEW (LAZY))');
  const emailId = /EMAILID \(([A-Za-z0-9_-]{1,255})\)/.exec(answer)?.[1] ?? '';
  assert.match(answer, /THREADID NIL/);
  assert.match(answer, /SAVEDATE "[ \d]\d-[A-Z][a-z]{2}-\d{4} /);
  assert.match(answer, /PREVIEW "The first words of it\."/);
  assert.match(await client.ok(`SEARCH EMAILID ${emailId}`), /^\* SEARCH 1\r\n/);
  assert.match(await client.ok('SEARCH SAVEDSINCE 1-Jan-2020'), /^\* SEARCH 1\r\n/);
  assert.match(await client.ok('SEARCH SAVEDBEFORE 1-Jan-2020'), /^\* SEARCH\r\n/);
  await client.ok('SELECT Copies');
  // RFC 8474 §5.1: a copy is the same message.
  assert.match(await client.ok('FETCH 1 EMAILID'), new RegExp(`EMAILID \\(${emailId}\\)`));
});

test('keys nested too deeply are refused, not followed (RFC 3501 §6.4.4)', async () => {
  await using site = await startImapSite();
  await site.deliver(letter('one'));
  await using client = await site.enter();
  await client.ok('SELECT INBOX');
  assert.match(await client.say(`SEARCH ${'('.repeat(5_000)}ALL${')'.repeat(5_000)}`), /t\d+ BAD/);
  assert.match(await client.say(`SEARCH ${'NOT '.repeat(5_000)}ALL`), /t\d+ BAD/);
  assert.match(await client.say(`SEARCH ${'OR '.repeat(5_000)}ALL`), /t\d+ BAD/);
  assert.match(await client.ok('SEARCH 1:4294967295'), /^\* SEARCH 1\r\n/);
});
