import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markSubject } from './mark-header.ts';

const marks = (header: string, mark = ':SPAM:'): string =>
  markSubject(Buffer.from(header, 'latin1'), mark).toString('latin1');

for (const [what, before, after] of [
  ['a plain one', 'Subject: hi\r\n', 'Subject: :SPAM: hi\r\n'],
  ['one marked before, by whomever', 'Subject: :SPAM: hi\r\n', 'Subject: :SPAM: hi\r\n'],
  ['one marked before and folded', 'SUBJECT:\r\n :SPAM: hi\r\n', 'SUBJECT:\r\n :SPAM: hi\r\n'],
  ['a folded one', 'Subject:\r\n\thi\r\n you\r\n', 'Subject: :SPAM: hi\r\n you\r\n'],
  ['an encoded one', 'Subject: =?utf-8?b?aGk=?=\r\n', 'Subject: :SPAM: =?utf-8?b?aGk=?=\r\n'],
  ['one in bytes above ASCII', 'Subject: \xc4\xe3\xff\r\n', 'Subject: :SPAM: \xc4\xe3\xff\r\n'],
  ['an empty one', 'Subject:\r\nTo: x\r\n', 'Subject: :SPAM: \r\nTo: x\r\n'],
  ['none', 'To: x\r\n', 'To: x\r\nSubject: :SPAM:\r\n'],
  ['no header at all', '', 'Subject: :SPAM:\r\n'],
  [
    'several, whichever is shown',
    'Subject: a\r\nTo: x\r\nSubject: b\r\n',
    'Subject: :SPAM: a\r\nTo: x\r\nSubject: :SPAM: b\r\n',
  ],
] as const)
  test(`the Subject of definite spam is marked once (R7): ${what}`, () => {
    assert.equal(marks(before), after);
    assert.equal(marks(marks(before)), after, 'the other site sees it, too');
  });

test('without a mark nothing is changed', () => {
  assert.equal(marks('Subject: hi\r\n', ''), 'Subject: hi\r\n');
});

test('twenty thousand Subjects, or a huge one, cost no more than their length (threat 15)', () => {
  const started = performance.now();
  marks('Subject: x\r\n'.repeat(20_000));
  marks(`Subject:${' \r\n'.repeat(80_000)} x\r\n`);
  assert.ok(performance.now() - started < 1000);
});
