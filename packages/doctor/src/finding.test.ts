import assert from 'node:assert/strict';
import { test } from 'node:test';
import { about, words } from './finding.ts';

test('what strangers wrote becomes one printable line of bounded length', () => {
  const { found, subject } = about('mx', 'a\u202eb').problem(
    `x\r\n\u001b[2J${'y'.repeat(5000)}`,
    'z',
  );
  assert.match(found, /^x \[2Jy+\.\.\.$/);
  assert.equal(found.length, 600);
  assert.equal(subject, 'a b');
});

test('whatever is not fine says what to do', () => {
  const say = about('mx', 'us.example');
  assert.equal(say.fine('good').remedy, undefined);
  for (const finding of [say.notice('n', 'do'), say.problem('p', 'do'), say.unknown('u')])
    assert.ok((finding.remedy ?? '').length > 0, finding.state);
});

test('several are told as people tell them', () => {
  assert.equal(words([]), 'none');
  assert.equal(words(['a']), 'a');
  assert.equal(words(['a', 'b', 'c']), 'a, b and c');
});
