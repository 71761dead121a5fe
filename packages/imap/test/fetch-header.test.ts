// The header of a message is read without the rest of it, wherever it ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryFolder } from './memory-folder.ts';
import { selectedClient } from './selected-client.ts';

/** A header of exactly so many bytes, its empty line included. */
function headerOf(sizeBytes: number): string {
  const subject = 'Subject: tea\r\n';
  return `${subject}X: ${'x'.repeat(sizeBytes - subject.length - 7)}\r\n\r\n`;
}

test('a header is whole whatever its length, with a body or without (RFC 3501 §6.4.5)', async () => {
  for (const edge of [8 * 1024, 128 * 1024]) {
    for (let sizeBytes = edge - 3; sizeBytes <= edge + 3; sizeBytes += 1) {
      for (const body of ['', 'Hello\r\n\r\nthere\r\n']) {
        const header = headerOf(sizeBytes);
        const client = selectedClient(
          memoryFolder([{ uid: 1, bytes: Buffer.from(header + body) }]),
        );
        assert.equal(
          await client.say('FETCH 1 BODY.PEEK[HEADER]'),
          `* 1 FETCH (BODY[HEADER] {${sizeBytes}}\r\n${header})\r\na1 OK Fetched.\r\n`,
        );
        assert.match(
          await client.say('FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT)]'),
          /\{16\}\r\nSubject: tea\r\n\r\n\)/,
        );
      }
    }
  }
});

test('a message that is all header, or none, or far too much of it, is told as it is', async () => {
  const endless = Buffer.from(`A: ${'x'.repeat(3_000_000)}\r\n\r\nbody`);
  const client = selectedClient(
    memoryFolder([
      { uid: 1, bytes: Buffer.from('Subject: tea\r\n') },
      { uid: 2, bytes: Buffer.from('\r\nbody') },
      { uid: 3, bytes: endless },
    ]),
  );
  assert.match(await client.say('FETCH 1 BODY.PEEK[HEADER]'), /\{14\}\r\nSubject: tea\r\n\)/);
  assert.match(await client.say('FETCH 2 BODY.PEEK[HEADER]'), /\{2\}\r\n\r\n\)/);
  const whole = await client.say('FETCH 3 BODY.PEEK[HEADER]');
  const header = endless.subarray(0, -4).toString();
  assert.equal(
    whole,
    `* 3 FETCH (BODY[HEADER] {${header.length}}\r\n${header})\r\na3 OK Fetched.\r\n`,
  );
});

test('looking at a folder for the first time reads the beginning of each message once, and describes none', async () => {
  const bytes = Buffer.from(`Subject: tea\r\n\r\n${'Hello\r\n'.repeat(10_000)}`);
  const folder = memoryFolder([
    { uid: 1, bytes },
    { uid: 2, bytes },
  ]);
  const client = selectedClient(folder);
  await client.say('UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])');
  assert.equal(folder.reads, 2);
});
