// Letters in file names and the flags they stand for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyNameOf, deletionInName, emailIdOf, fileNameOf, keyOfName } from './file-name.ts';
import { FlagLetters } from './flag-letters.ts';
import { formatKeywords, parseKeywords } from './keywords-file.ts';

test('letters become flags and flags letters, in ASCII order; the same set is one array', () => {
  const letters = new FlagLetters(['Work', undefined, '$Junk']);
  assert.deepEqual(letters.flagsOf(':2,FSac'), [
    String.raw`\Flagged`,
    String.raw`\Seen`,
    '$Junk',
    'Work',
  ]);
  assert.equal(letters.flagsOf(':2,FS'), letters.flagsOf(':2,SF'));
  assert.equal(letters.suffixFor(['work', String.raw`\SEEN`, String.raw`\Draft`]), ':2,DSa');
  assert.deepEqual(letters.flagsOf(''), []);
  assert.deepEqual(letters.unknown(['Work', 'Home']), ['Home']);
});

test('letters that mean nothing to us stay with the message', () => {
  const letters = new FlagLetters(['Work']);
  assert.equal(letters.suffixFor([], ':2,PSaz'), ':2,Pz');
  const before = letters.flagsOf(':2,Sa');
  const more = new FlagLetters(['Work', 'Home'], letters);
  assert.equal(more.flagsOf(':2,Sa'), before);
});

test('dovecot-keywords is read with its gaps, and nonsense is passed over', () => {
  const keywords = parseKeywords('0 Work\n2 Home\nx y\n26 beyond\n2 Twice\n3 a b\n');
  assert.deepEqual(keywords, ['Work', undefined, 'Home']);
  assert.equal(formatKeywords(keywords), '0 Work\n2 Home\n');
});

test('a copy is another file of the same mail (RFC 8474 §4), also of a deleted one', () => {
  const facts = {
    receivedAtMs: 1_700_000_000_000,
    hostname: 'mx',
    sizeBytes: 5,
    virtualSizeBytes: 6,
  };
  const original = fileNameOf({ ...facts, deliveryId: 'm01' });
  const copy = copyNameOf(original, facts);
  const deleted = copyNameOf(copy, {
    ...facts,
    receivedAtMs: 1_800_000_000_000,
    deletedFrom: 'ab12',
  });
  assert.deepEqual([original, copy, deleted].map(emailIdOf), ['m01', 'm01', 'm01']);
  assert.equal(keyOfName(copy), copy);
  assert.notEqual(copyNameOf(original, facts), copy);
  assert.deepEqual(deletionInName(deleted), { from: 'ab12', atSeconds: 1_800_000_000 });
  const foreign = '1700000000.M1P2.other,S=5,W=6';
  assert.match(emailIdOf(foreign), /^x[0-9a-f]{24}$/);
  assert.equal(emailIdOf(copyNameOf(foreign, facts)), emailIdOf(foreign));
});
