import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flagsOfName, lettersOfFlags, parseKeywords } from './flag-letters.ts';
import { decodeFolderName, encodeFolderName } from './modified-utf7.ts';

test('letters are flags and keywords, unknown ones are passed over', () => {
  const keywords = parseKeywords('0 $Forwarded\n2 work\n99 no\nnonsense\n');
  assert.deepEqual(flagsOfName('1.a:2,FSPacb', keywords), [
    '\\Flagged',
    '\\Seen',
    '$Forwarded',
    'work',
  ]);
  assert.deepEqual(flagsOfName('1.a', keywords), []);
  assert.equal(
    lettersOfFlags(['work', '\\Seen', '\\Draft', 'x'], ['$Forwarded', '', 'work']),
    'DSc',
  );
});

test('folder names go through modified UTF-7 and back (RFC 3501 §5.1.3)', () => {
  assert.equal(decodeFolderName('Entw&APw-rfe'), 'Entwürfe');
  assert.equal(decodeFolderName('A&-B'), 'A&B');
  assert.equal(decodeFolderName('Entwürfe'), 'Entwürfe');
  for (const name of ['Entwürfe', '草稿/夹', 'A&B', '💌', 'plain'])
    assert.equal(decodeFolderName(encodeFolderName(name)), name);
});
