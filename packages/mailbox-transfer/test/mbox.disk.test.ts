import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openMailSource } from '@restante/mailbox-transfer';
import type { SourceItem } from '@restante/mailbox-transfer';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';

const from = 'From ana@example.test Mon Jan  1 12:00:00 2024\n';

test('mboxrd: quoting is undone, flags come out of the header, which loses them', async () => {
  const [one, two] = await read(
    `${from}Subject: one\nStatus: RO\nX-Status: AF\nX-Keywords: work $Forwarded\n\n>From me\n>>From you\nFrom here on\n\n` +
      `${from}Subject: two\nStatus: O\n\n.\n`,
  );
  assert(one?.kind === 'message' && two?.kind === 'message');
  assert.equal(text(one), 'Subject: one\r\n\r\nFrom me\r\n>From you\r\nFrom here on\r\n');
  assert.deepEqual(one.flags, ['\\Seen', '\\Answered', '\\Flagged', 'work', '$Forwarded']);
  assert.equal(one.receivedAtMs, Date.UTC(2024, 0, 1, 12));
  assert.equal(text(two), 'Subject: two\r\n\r\n.\r\n');
  assert.deepEqual(two.flags, []);
});

test('mboxcl2: a length that is right is believed, unquoted lines inside are text', async () => {
  const body = `${from}is text here\n`;
  const items = await read(
    `${from}Subject: one\nContent-Length: ${body.length}\n\n${body}\n${from}Subject: two\n\nb\n`,
  );
  assert.equal(items.length, 2);
  assert.equal(text(items[0]), `Subject: one\r\n\r\n${body.replaceAll('\n', '\r\n')}`);
});

test('a length that is wrong is not believed', async () => {
  for (const length of [3, 5000, 999_999_999_999]) {
    const items = await read(
      `${from}Subject: one\nContent-Length: ${length}\n\nbody\n\n${from}Subject: two\n\nb\n`,
    );
    assert.deepEqual(items.map(text), [
      'Subject: one\r\n\r\nbody\r\n',
      'Subject: two\r\n\r\nb\r\n',
    ]);
  }
});

test('CRLF, no empty line at the end, empty lines before, and the notes of old servers', async () => {
  const items = await read(
    `\n\n${from}Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAP: 1 2\n\nnotes\n\n` +
      `${from}Subject: one\r\n\r\nbody\r\n\r\n${from}Subject: two\n\nlast line`,
  );
  assert.deepEqual(items.map(text), [
    'Subject: one\r\n\r\nbody\r\n',
    'Subject: two\r\n\r\nlast line',
  ]);
});

test('a message larger than what is read at once is whole, and cut in linear time', async () => {
  const line = 'From time to time a line begins like this.\n';
  const body = line.repeat(60_000);
  const items = await read(`${from}Subject: long\n\n${body}\n${from}Subject: two\n\nb\n`);
  assert.equal(items.length, 2);
  const [long] = items;
  assert(long?.kind === 'message');
  assert.equal(long.bytes.length, 'Subject: long\r\n\r\n'.length + body.length + 60_000);
});

async function read(mbox: string): Promise<readonly SourceItem[]> {
  await using dir = await temporaryDirectory();
  const path = join(dir.path, 'mbox');
  await writeFile(path, mbox, 'latin1');
  await using source = await openMailSource(
    { kind: 'mbox', path },
    { marksDir: dir.path, into: '' },
  );
  const [folder] = await source.folders();
  assert(folder);
  return await Array.fromAsync(source.messages(folder, () => true));
}

function text(item: SourceItem | undefined): string {
  assert(item?.kind === 'message');
  return item.bytes.toString('latin1');
}
