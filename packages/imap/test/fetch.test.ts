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
