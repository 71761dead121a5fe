// APPEND over a socket: what is stored, and what is refused before its bytes come.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { letter, startImapSite } from './imap-site.ts';

test('APPEND stores flags, date and bytes and answers with the UID (RFC 3501 §6.3.11, RFC 4315 §3)', async () => {
  await using site = await startImapSite();
  await using client = await site.enter();
  const text = letter('kept', 'Grüße');
  const bytes = Buffer.from(text).toString('latin1');
  const options = '(\\seen $Work) "17-Jul-1996 02:44:25 -0700" ';
  assert.match(await client.append('INBOX', bytes, options), /OK \[APPENDUID \d+ 1\]/);
  await client.ok('SELECT INBOX');
  const answer = await client.ok('FETCH 1 (FLAGS INTERNALDATE BODY.PEEK[])');
  assert.match(answer, /FLAGS \(\\Seen \$Work\)/);
  assert.match(answer, /"17-Jul-1996 09:44:25 \+0000"/);
  assert.ok(answer.includes(bytes));
});

test('a message that is too large is refused before it is sent (RFC 7889 §4)', async () => {
  await using site = await startImapSite();
  await using client = await site.enter();
  assert.match(await client.say('APPEND INBOX {4194305}'), /NO \[TOOBIG\]/);
  await client.ok('NOOP');
  // Sent without waiting: read, thrown away, and refused once.
  client.write(`b APPEND INBOX {4194305+}\r\n${'x'.repeat(4_194_305)}\r\nc NOOP\r\n`);
  assert.match(await client.until(/c OK[^\r]*\r\n/), /^b NO \[TOOBIG\][^\r]*\r\nc OK/);
});

test('TRYCREATE and OVERQUOTA are said before the message is sent (RFC 3501 §7.1, RFC 9208 §4.3)', async () => {
  await using site = await startImapSite({ quotaBytes: 2_000_000 });
  await using client = await site.enter();
  assert.match(await client.say('APPEND Nowhere {10}'), /NO \[TRYCREATE\]/);
  assert.match(await client.say('APPEND INBOX {3000000}'), /NO \[OVERQUOTA\]/);
  assert.match(await client.ok('GETQUOTAROOT INBOX'), /QUOTA "" \(STORAGE 0 1953\)/);
});

test('several messages are stored all or none (MULTIAPPEND, RFC 3502)', async () => {
  await using site = await startImapSite();
  await using client = await site.enter();
  const one = letter('one');
  const two = letter('two');
  client.write(
    `a APPEND INBOX {${one.length}+}\r\n${one} (\\Flagged) {${two.length}+}\r\n${two}\r\n`,
  );
  assert.match(await client.until(/^a [^\r]*\r\n/), /OK \[APPENDUID \d+ 1:2\]/);
  // An empty one takes it back.
  client.write(`b APPEND INBOX {${one.length}+}\r\n${one} {0+}\r\n\r\n`);
  assert.match(await client.until(/^b [^\r]*\r\n/), /^b NO/);
  client.write(`c APPEND INBOX {${one.length}+}\r\n${one} {4194305}\r\n`);
  assert.match(await client.until(/^c [^\r]*\r\n/), /^c NO \[TOOBIG\]/);
  assert.match(await client.ok('STATUS INBOX (MESSAGES)'), /MESSAGES 2\)/);
});

test('a large message waits on disk without a name and is stored whole', async () => {
  await using site = await startImapSite();
  await using client = await site.enter();
  const text = letter('large', `${'x'.repeat(76)}\r\n`.repeat(40_000));
  client.write(`a APPEND INBOX {${text.length}+}\r\n${text.slice(0, 2_000_000)}`);
  client.write(`${text.slice(2_000_000)}\r\n`);
  assert.match(await client.until(/^a [^\r]*\r\n/), /OK \[APPENDUID/);
  await client.ok('SELECT INBOX');
  assert.ok((await client.ok('FETCH 1 BODY.PEEK[]')).includes(text));
  const left = (await readdir(site.dir)).filter((name) => name.startsWith('restante-imap'));
  assert.deepEqual(left, []);
});

test('UTF8 literals and literal8 (RFC 6855 §4, RFC 3516 §4.4)', async () => {
  await using site = await startImapSite();
  await using client = await site.enter();
  const text = letter('binary');
  assert.match(await client.say(`APPEND INBOX UTF8 (~{${text.length}+}\r\n${text})`), /BAD/);
  await client.ok('ENABLE UTF8=ACCEPT');
  await client.ok(`APPEND INBOX UTF8 (~{${text.length}+}\r\n${text})`);
  await client.ok(`APPEND INBOX ~{${text.length}+}\r\n${text}`);
});
