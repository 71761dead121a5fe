import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberedMail, readNumber } from './numbered-mail.ts';
import { complaints, judge, listOf } from './verdict.ts';
import type { SentMail } from './verdict.ts';

const took = (number: number, wasRepeated = false): SentMail => ({
  number,
  takenBy: 'mx.a.example',
  wasRepeated,
});
const found = (...numbers: readonly number[]) => {
  const copies = new Map<number, number>();
  for (const number of numbers) copies.set(number, (copies.get(number) ?? 0) + 1);
  return { copies, changed: [] };
};

test('everything there once is good', () => {
  const verdict = judge([took(1), took(2)], found(1, 2));
  assert.equal(verdict.isGood, true);
  assert.deepEqual(verdict.takenBy, { 'mx.a.example': 2 });
  assert.deepEqual(complaints(verdict), []);
});

test('what is missing and what is there twice is named', () => {
  const verdict = judge([took(1), took(2), took(3), took(4)], found(4, 4));
  assert.equal(verdict.isGood, false);
  assert.deepEqual(complaints(verdict), ['Missing: 1-3.', 'There twice: 4.']);
});

test('a second copy is right where the stranger itself sent it again (RFC 5321 §4.5.4.1)', () => {
  assert.equal(judge([took(1, true)], found(1, 1)).isGood, true);
  assert.equal(judge([took(1, true)], found(1)).isGood, true);
  assert.equal(judge([took(1, true)], found(1, 1, 1)).isGood, false);
});

test('a refusal is a problem, and not a loss', () => {
  const refused: SentMail = { number: 7, refusal: '550 5.1.1 nobody', wasRepeated: false };
  const verdict = judge([refused], found());
  assert.deepEqual(verdict.missing, []);
  assert.deepEqual(complaints(verdict), ['Refused: 7, for example: 550 5.1.1 nobody']);
});

test('numbers are listed in ranges', () => {
  assert.equal(listOf([9, 3, 8, 7, 12, 12]), '3, 7-9, 12');
});

test('a numbered message is known again, and a changed byte is seen', () => {
  const letter = { run: 'r1', sender: 's@a.example', recipient: 'r@b.example', nowMs: 0 };
  for (const number of [1, 2, 3, 200]) {
    const bytes = numberedMail({ ...letter, number });
    const delivered = Buffer.concat([Buffer.from('Received: by b.example\r\n'), bytes]);
    assert.deepEqual(readNumber(delivered, 'r1'), { number, isUnchanged: true });
    assert.equal(readNumber(delivered, 'r2'), undefined);
    delivered[delivered.length - 5] = 0x5f;
    assert.deepEqual(readNumber(delivered, 'r1'), { number, isUnchanged: false });
  }
});
