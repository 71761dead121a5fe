import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryFolder } from './memory-folder.ts';
import { selectedClient } from './selected-client.ts';

const plain = Buffer.from('From: Ana <ana@example.test>\r\nSubject: tea\r\n\r\nHello\r\nthere\r\n');
const folder = () =>
  memoryFolder([
    { uid: 3, bytes: plain, flags: ['\\Seen'], receivedAtMs: Date.UTC(2024, 0, 2, 3, 4, 5) },
    { uid: 5, bytes: plain, modseq: 90 },
  ]);

test('FETCH tells what is in memory, in few words (RFC 3501 §6.4.5)', async () => {
  const client = selectedClient(folder());
  assert.equal(
    await client.say('FETCH 1:* (UID FLAGS RFC822.SIZE)'),
    '* 1 FETCH (UID 3 FLAGS (\\Seen) RFC822.SIZE 60)\r\n* 2 FETCH (UID 5 FLAGS () RFC822.SIZE 60)\r\na1 OK Fetched.\r\n',
  );
  assert.match(
    await client.say('FETCH 1 FAST'),
    /^\* 1 FETCH \(FLAGS \(\\Seen\) INTERNALDATE " 2-Jan-2024 03:04:05 \+0000" RFC822\.SIZE 60\)\r\n/,
  );
});

test('BODY[] sets \\Seen once, and says so in the same response (RFC 3501 §6.4.5)', async () => {
  const client = selectedClient(folder());
  assert.equal(
    await client.say('FETCH 2 BODY[TEXT]'),
    '* 2 FETCH (FLAGS (\\Seen) BODY[TEXT] {14}\r\nHello\r\nthere\r\n)\r\na1 OK Fetched.\r\n',
  );
  assert.equal(
    await client.say('FETCH 2 BODY.PEEK[TEXT]<2.3>'),
    '* 2 FETCH (BODY[TEXT]<2> {3}\r\nllo)\r\na2 OK Fetched.\r\n',
  );
});

test('what is asked twice is said once, and too much is refused (RFC 3501 §6.4.5)', async () => {
  const client = selectedClient(folder());
  assert.equal(
    await client.say('FETCH 2 (BODY[TEXT]<0.2> BODY.PEEK[TEXT]<0.2> BODY.PEEK[TEXT]<0.3>)'),
    '* 2 FETCH (FLAGS (\\Seen) BODY[TEXT]<0> {2}\r\nHe BODY[TEXT]<0> {3}\r\nHel)\r\na1 OK Fetched.\r\n',
  );
  const many = Array.from({ length: 200 }, (_, index) => `BODY.PEEK[${index + 1}]`).join(' ');
  assert.match(await client.say(`FETCH 1 (${many})`), /^a2 BAD \[LIMIT\]/);
});

test('a read-only folder keeps its \\Seen, and STORE is refused (RFC 3501 §6.3.2)', async () => {
  const client = selectedClient(folder(), { isReadOnly: true });
  assert.match(await client.say('FETCH 2 BODY[TEXT]'), /^\* 2 FETCH \(BODY\[TEXT\] \{14\}/);
  assert.match(await client.say('STORE 2 +FLAGS (\\Seen)'), /^a2 NO \[READ-ONLY\]/);
});

test('large messages are streamed, their sections as well (RFC 3501 §6.4.5)', async () => {
  const body = 'x'.repeat(78).concat('\r\n').repeat(40_000);
  const text = `Subject: large\r\n\r\n${body}`;
  const client = selectedClient(memoryFolder([{ uid: 1, bytes: Buffer.from(text) }]));
  const whole = await client.say('FETCH 1 BODY.PEEK[]');
  assert.equal(whole, `* 1 FETCH (BODY[] {${text.length}}\r\n${text})\r\na1 OK Fetched.\r\n`);
  const cut = await client.say('FETCH 1 BODY.PEEK[TEXT]<80.2000000>');
  assert.equal(
    cut,
    `* 1 FETCH (BODY[TEXT]<80> {2000000}\r\n${body.slice(80, 2_000_080)})\r\na2 OK Fetched.\r\n`,
  );
});

test('a message that went meanwhile is left out, and the client is told (RFC 5530 §3 EXPUNGEISSUED)', async () => {
  const messages = folder();
  const client = selectedClient(messages);
  messages.takeAway(3);
  // RFC 3501 §7.4.1: no EXPUNGE in answer to FETCH, so numbers stay.
  assert.equal(
    await client.say('FETCH 1:2 BODY.PEEK[TEXT]'),
    '* 2 FETCH (BODY[TEXT] {14}\r\nHello\r\nthere\r\n)\r\na1 NO [EXPUNGEISSUED] Some of the messages are gone.\r\n',
  );
  assert.match(await client.say('FETCH 1:2 ENVELOPE'), /^\* 2 FETCH [^]*NO \[EXPUNGEISSUED\]/);
  // RFC 3501 §7.4.1: the UID form may tell it.
  assert.match(await client.say('UID FETCH 5 FLAGS'), /\* 1 EXPUNGE\r\na3 OK/);
});

test('NUL never stands in a literal, only in a literal8 (RFC 3501 §9, RFC 3516 §4.3)', async () => {
  const bytes = Buffer.from('Content-Transfer-Encoding: binary\r\n\r\na\0b');
  const client = selectedClient(memoryFolder([{ uid: 1, bytes }]));
  assert.match(await client.say('FETCH 1 BODY.PEEK[1]'), /\{3\}\r\na\x80b\)/);
  assert.match(await client.say('FETCH 1 BINARY.PEEK[1]'), /~\{3\}\r\na\0b\)/);
});

test('an encoding nobody knows is UNKNOWN-CTE (RFC 3516 §4.3)', async () => {
  const bytes = Buffer.from('Content-Transfer-Encoding: x-odd\r\n\r\nabc');
  const client = selectedClient(memoryFolder([{ uid: 1, bytes }]));
  assert.match(await client.say('FETCH 1 BINARY[1]'), /^a1 NO \[UNKNOWN-CTE\]|NO \[UNKNOWN-CTE\]/);
  assert.match(await client.say('FETCH 1 BINARY.SIZE[1]'), /a2 NO \[UNKNOWN-CTE\]/);
});

test('once UTF-8 is enabled, strings are quoted as they are (RFC 6855 §3)', async () => {
  const bytes = Buffer.from('Subject: přání\r\n\r\n');
  const given = memoryFolder([{ uid: 1, bytes }]);
  assert.match(await selectedClient(given).say('FETCH 1 ENVELOPE'), /\(NIL \{8\}\r\n/);
  const modern = selectedClient(given, { enabled: ['UTF8=ACCEPT'] });
  const answer = Buffer.from(await modern.say('FETCH 1 ENVELOPE'), 'latin1').toString();
  assert.match(answer, /\(NIL "přání" NIL/);
});

test('a folder that forgot what went tells all that is not there (RFC 7162 §3.2.6)', async () => {
  const messages = folder();
  messages.forgetVanishedBefore(1_000);
  const client = selectedClient(messages, { enabled: ['QRESYNC'] });
  assert.match(
    await client.say('UID FETCH 1:9 FLAGS (CHANGEDSINCE 5 VANISHED)'),
    /^\* VANISHED \(EARLIER\) 1:2,4\r\n/,
  );
});

test('a search reads only what it has to (RFC 3501 §6.4.4)', async () => {
  const messages = folder();
  const client = selectedClient(messages);
  assert.match(await client.say('SEARCH SEEN HEADER X-Any x'), /^\* SEARCH\r\n/);
  assert.equal(messages.reads, 1);
  assert.match(await client.say('SEARCH OR UNSEEN UID 3 HEADER Subject tea'), /^\* SEARCH 1 2\r\n/);
  assert.match(await client.say('SEARCH OR ALL HEADER Subject tea'), /^\* SEARCH 1 2\r\n/);
  assert.equal(messages.reads, 3);
});
