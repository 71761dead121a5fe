// Folders over a socket: made, listed, renamed, subscribed, deleted, and every no with its code (RFC 5530).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letter, startImapSite } from './imap-site.ts';

test('CREATE, RENAME, DELETE and their refusals (RFC 3501 §6.3.3 - §6.3.5, RFC 5530 §3)', async () => {
  await using site = await startImapSite();
  await using client = await site.enter();
  assert.match(await client.say('CREATE Work/'), /OK \[MAILBOXID \(F[0-9a-f]+\)\]/);
  assert.match(await client.say('CREATE Work'), /NO \[ALREADYEXISTS\]/);
  assert.match(await client.say('CREATE inbox'), /NO \[(?:ALREADYEXISTS|CANNOT)\]/);
  assert.match(await client.say('CREATE ""'), /NO \[CANNOT\]/);
  assert.match(await client.say('CREATE "/"'), /NO \[CANNOT\]/);
  assert.match(await client.say('CREATE "a&b"'), /BAD/);
  assert.match(await client.say('CREATE X (USE (\\Nonsense))'), /NO \[USEATTR\]/);
  await client.ok('CREATE Work/Old');
  assert.match(await client.say('RENAME Nowhere X'), /NO \[NONEXISTENT\]/);
  assert.match(await client.say('RENAME Work Sent'), /NO \[ALREADYEXISTS\]/);
  await client.ok('RENAME Work Play');
  assert.match(await client.ok('LIST "" Play*'), /Play\r\n.*Play\/Old\r\n/);
  assert.match(await client.say('DELETE INBOX'), /NO \[CANNOT\]/);
  assert.match(await client.say('DELETE Nowhere'), /NO \[NONEXISTENT\]/);
  await client.ok('SELECT Play/Old');
  assert.match(await client.ok('DELETE Play/Old'), /^\* OK \[CLOSED\]/);
  assert.match(await client.say('FETCH 1 FLAGS'), /BAD/);
  assert.deepEqual(site.failures, []);
});

test('RENAME of INBOX moves its messages and leaves it (RFC 3501 §6.3.5)', async () => {
  await using site = await startImapSite();
  await site.deliver(letter('one'));
  await using client = await site.enter();
  await client.ok('RENAME INBOX Before');
  assert.match(await client.ok('STATUS INBOX (MESSAGES)'), /MESSAGES 0\)/);
  assert.match(await client.ok('STATUS Before (MESSAGES)'), /MESSAGES 1\)/);
});

test('SUBSCRIBE, UNSUBSCRIBE and LSUB (RFC 3501 §6.3.6, §6.3.7, §6.3.9)', async () => {
  await using site = await startImapSite();
  await using client = await site.enter();
  await client.ok('CREATE Deep/Down');
  await client.ok('SUBSCRIBE Deep/Down');
  assert.match(await client.say('SUBSCRIBE Nowhere'), /NO \[NONEXISTENT\]/);
  assert.match(await client.ok('LSUB "" D*'), /\* LSUB \(\\HasNoChildren\) "\/" Deep\/Down\r\n/);
  assert.match(await client.ok('LSUB "" D%'), /\* LSUB \(\\Noselect\) "\/" Deep\r\n/);
  await client.ok('DELETE Deep/Down');
  assert.match(
    await client.ok('LSUB "" Deep/*'),
    /LSUB \([^)]*\\NonExistent[^)]*\) "\/" Deep\/Down/,
  );
  await client.ok('UNSUBSCRIBE Deep/Down');
  assert.match(await client.ok('LSUB "" Deep*'), /^t\d+ OK/);
});

test('LIST of nothing gives the separator, LIST-STATUS the counts (RFC 3501 §6.3.8, RFC 5819)', async () => {
  await using site = await startImapSite();
  await site.deliver(letter('one'));
  await using client = await site.enter();
  assert.match(await client.ok('LIST "" ""'), /^\* LIST \(\\Noselect\) "\/" ""\r\n/);
  const answer = await client.ok('LIST "" (INBOX Sent) RETURN (STATUS (MESSAGES UNSEEN))');
  assert.match(answer, /"\/" INBOX\r\n\* STATUS INBOX \(MESSAGES 1 UNSEEN 1\)\r\n/);
  assert.match(answer, /Sent\r\n\* STATUS Sent \(MESSAGES 0 UNSEEN 0\)\r\n/);
});

test('EXAMINE changes nothing, and a SELECT that fails leaves nothing selected (RFC 3501 §6.3.1, §6.3.2)', async () => {
  await using site = await startImapSite();
  await site.deliver(letter('one'));
  await using client = await site.enter();
  const opened = await client.ok('EXAMINE INBOX');
  assert.match(opened, /\[PERMANENTFLAGS \(\)\]/);
  assert.match(opened, /OK \[READ-ONLY\]/);
  assert.match(await client.say('STORE 1 +FLAGS (\\Deleted)'), /NO \[READ-ONLY\]/);
  assert.match(await client.say('EXPUNGE'), /NO \[READ-ONLY\]/);
  assert.match(await client.say('MOVE 1 Trash'), /NO \[READ-ONLY\]/);
  await client.ok('FETCH 1 BODY[]');
  await client.ok('CLOSE');
  assert.match(await client.ok('STATUS INBOX (UNSEEN)'), /UNSEEN 1\)/);
  await client.ok('SELECT INBOX');
  assert.match(await client.say('SELECT Nowhere'), /\[CLOSED\][^]*NO \[NONEXISTENT\]/);
  assert.match(await client.say('CHECK'), /BAD/);
});

test('CLOSE expunges without a word, UNSELECT does not (RFC 3501 §6.4.2, RFC 3691)', async () => {
  await using site = await startImapSite();
  await site.deliver(letter('one'));
  await site.deliver(letter('two'));
  await using client = await site.enter();
  await client.ok('SELECT INBOX');
  await client.ok('STORE 1 +FLAGS.SILENT (\\Deleted)');
  assert.match(await client.ok('UNSELECT'), /^t\d+ OK/);
  assert.match(await client.ok('STATUS INBOX (MESSAGES DELETED)'), /MESSAGES 2 DELETED 1\)/);
  await client.ok('SELECT INBOX');
  assert.match(await client.ok('CLOSE'), /^t\d+ OK/);
  assert.match(await client.ok('STATUS INBOX (MESSAGES DELETED)'), /MESSAGES 1 DELETED 0\)/);
});

test('UID EXPUNGE takes only what is named (RFC 4315 §2.1)', async () => {
  await using site = await startImapSite();
  for (const subject of ['one', 'two', 'three']) await site.deliver(letter(subject));
  await using client = await site.enter();
  await client.ok('SELECT INBOX');
  await client.ok('STORE 1:2 +FLAGS.SILENT (\\Deleted)');
  assert.match(await client.ok('UID EXPUNGE 2:3'), /^\* 2 EXPUNGE\r\nt\d+ OK/);
});

test('what is no command is BAD and nothing more (RFC 3501 §2.2.2)', async () => {
  await using site = await startImapSite();
  await using client = await site.enter();
  for (const line of ['', 'UID', 'UID NOOP', 'FROB', 'STATUS INBOX ()', 'ID', 'ENABLE', 'LIST']) {
    assert.match(await client.say(line), /t\d+ BAD/, line);
  }
  client.write('\r\n* NOOP\r\n');
  assert.match(await client.until(/\* BAD[^\r]*\r\n\* BAD[^\r]*\r\n/), /BAD/);
  await client.ok('NOOP');
  assert.deepEqual(site.failures, []);
});
