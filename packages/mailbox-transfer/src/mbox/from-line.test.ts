import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateOfFromLine, formatFromLine, isFromLine } from './from-line.ts';

test('the lines of all writers are known, and what people write is not', () => {
  for (const line of [
    'From ana@example.test Mon Jan  1 12:34:56 2024',
    'From ana@example.test  Mon Jan 01 12:34:56 +0200 2024',
    'From "a b"@example.test Mon Jan  1 12:34 2024',
    'From MAILER-DAEMON Fri, 12 2024',
    'From - Mon Jan 01 12:34:56 2024',
    'From ana Mon Jan  1 12:34:56 CET 2024',
    'From - ',
  ]) {
    assert.equal(isFromLine(line), line !== 'From MAILER-DAEMON Fri, 12 2024', line);
  }
  for (const line of ['From here on it gets better', 'From', '>From a Mon Jan  1 12:34:56 2024']) {
    assert.equal(isFromLine(line), line === 'From', line);
  }
  assert(!isFromLine('From', { isAfterEmptyLine: false }));
});

test('the date is read in its zone, and UTC without one', () => {
  const at = Date.UTC(2024, 0, 1, 12, 34, 56);
  assert.equal(dateOfFromLine('From a Mon Jan  1 12:34:56 2024'), at);
  assert.equal(dateOfFromLine('From a Mon Jan  1 12:34:56 +0200 2024'), at - 7_200_000);
  assert.equal(dateOfFromLine('From a Mon Jan  1 12:34:56 2024 -0530'), at + 19_800_000);
  assert.equal(dateOfFromLine('From -'), undefined);
});

test('what is written is read again, and senders that are no word are left out', () => {
  const at = Date.UTC(2024, 1, 29, 1, 2, 3);
  const line = formatFromLine('ana@example.test', at);
  assert.equal(line, 'From ana@example.test Thu Feb 29 01:02:03 2024');
  assert.equal(dateOfFromLine(line), at);
  assert.match(formatFromLine('a b\n', at), /^From MAILER-DAEMON /);
});
