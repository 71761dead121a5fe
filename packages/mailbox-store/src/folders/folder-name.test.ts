// Names of folders, and the directories they have.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directoryOf, folderName, nameOfDirectory } from './folder-name.ts';
import { decodeModifiedUtf7, encodeModifiedUtf7 } from './modified-utf7.ts';
import { parseSubscriptions, withSubscription } from './subscriptions-file.ts';

test('modified UTF-7 as in RFC 3501 §5.1.3, one spelling for every name', () => {
  const name = '~peter/mail/台北/日本語';
  assert.equal(encodeModifiedUtf7(name), '~peter/mail/&U,BTFw-/&ZeVnLIqe-');
  assert.equal(decodeModifiedUtf7('~peter/mail/&U,BTFw-/&ZeVnLIqe-'), name);
  assert.equal(decodeModifiedUtf7('Tom &- Jerry'), 'Tom & Jerry');
  for (const bad of ['&U,BTFw', '&Jjo!', '&AC4-', '&U,BTFw-&ZeVnLIqe-', '&AGE-', 'é', '&'])
    assert.equal(decodeModifiedUtf7(bad), undefined, bad);
});

test('levels are dots on disk, and what Maildir++ cannot hold is escaped', () => {
  const pairs = [
    ['INBOX', ''],
    ['Sent', '.Sent'],
    ['A/B/C', '.A.B.C'],
    ['example.com', String.raw`.example\2ecom`],
    [String.raw`a\2eb`, String.raw`.a\5c2eb`],
    [String.raw`back\slash`, String.raw`.back\slash`],
    ['~root', String.raw`.\7eroot`],
    ['INBOX/sub', '.INBOX.sub'],
    ['Entwürfe', '.Entw&APw-rfe'],
  ] as const;
  for (const [name, directory] of pairs) {
    assert.equal(directoryOf(name), directory);
    if (name !== 'INBOX') assert.equal(nameOfDirectory(directory), name);
  }
});

test('INBOX is one folder however it is written (RFC 3501 §5.1), and names are NFC', () => {
  assert.deepEqual(folderName('inbox'), { ok: true, value: 'INBOX' });
  assert.deepEqual(folderName('Cafe\u0301'), { ok: true, value: 'Café' });
});

test('no name leads out of the mailbox or is one that breaks a line (threat 20)', () => {
  const refused = [
    '',
    '/',
    'a//b',
    '/a',
    'a/',
    '..',
    '../x',
    'a/../b',
    '.',
    'nul\0',
    'line\nbreak',
    'bell\u0007',
    'c1\u0085',
    '\ud800',
    'inbox/x',
    'x'.repeat(300),
    'é'.repeat(100),
    'a/'.repeat(40) + 'b',
  ];
  for (const name of refused) assert.equal(folderName(name).ok, false, JSON.stringify(name));
  for (const name of ['%2f', 'CON', '.hidden', 'a&b', '..a', 'back\\slash']) {
    assert.equal(folderName(name).ok, true, name);
    assert.match(directoryOf(name), /^\.[^./]+$/);
    assert.equal(nameOfDirectory(directoryOf(name)), name);
  }
});

test('directories that are no folders are none', () => {
  const none = ['cur', '.', '..', '.a..b', '..restante-removed.1', '.a.', '.&AC4-', '.INBOX'];
  for (const name of none) assert.equal(nameOfDirectory(name), undefined, name);
});

test('subscriptions are read in both of Dovecot’s formats and written in its newer one', () => {
  const newer = 'V\t2\n\nINBOX\nA\tB\nEntw&APw-rfe\n';
  assert.deepEqual(parseSubscriptions(newer), ['INBOX', 'A/B', 'Entwürfe']);
  assert.deepEqual(parseSubscriptions('INBOX\nA.B\n'), ['INBOX', 'A/B']);
  assert.equal(withSubscription(newer, 'A/B', true), undefined);
  assert.equal(withSubscription(newer, 'A/B', false), 'V\t2\n\nINBOX\nEntw&APw-rfe\n');
  assert.equal(withSubscription('A.B\n', 'C', true), 'V\t2\n\nA\tB\nC\n');
  assert.equal(withSubscription('', 'C', true), 'V\t2\n\nC\n');
  // What we cannot read is somebody else's, and stays.
  assert.equal(withSubscription('V\t2\n\n&bad\n', 'C', true), 'V\t2\n\nC\n&bad\n');
});
