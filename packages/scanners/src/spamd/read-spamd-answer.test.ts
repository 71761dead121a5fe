import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWholeAnswer, readScore, readTold } from './read-spamd-answer.ts';

const answer = (spam: string, rules = '') =>
  Buffer.from(
    `SPAMD/1.1 0 EX_OK\r\nContent-length: ${rules.length}\r\nSpam: ${spam}\r\n\r\n${rules}`,
  );

test('a score, the line and the rules are read', () => {
  assert.deepEqual(readScore(answer('True ; 1000.0 / 5.0', 'GTUBE,NO_RECEIVED')), {
    by: 'spamd',
    score: 1000,
    threshold: 5,
    rules: ['GTUBE', 'NO_RECEIVED'],
  });
  assert.equal(readScore(answer('False ; -2.3 / 4.5')).score, -2.3);
  assert.deepEqual(readScore(answer('False ; 0 / 5')).rules, []);
});

test('at most 30 rules, and nothing but plain characters in their names', () => {
  const many = Array.from({ length: 100 }, (_, index) => `RULE_${index}`).join(',');
  assert.equal(readScore(answer('True ; 9.0 / 5.0', many)).rules.length, 30);
  const [rule] = readScore(answer('True ; 9.0 / 5.0', 'A\r\nX-Evil: yes')).rules;
  assert.equal(rule, 'A__X-Evil:_yes');
});

test('what is not an answer is a failure, never a score', () => {
  const notOnes = [
    '',
    'HTTP/1.1 200 OK\r\n\r\n',
    'SPAMD/1.1 0 EX_OK\r\n',
    'SPAMD/1.1 0 EX_OK\r\n\r\n',
    'SPAMD/1.1 0 EX_OK\r\nSpam: True ; nan / 5.0\r\n\r\n',
    'SPAMD/1.1 0 EX_OK\r\nSpam: Maybe ; 1.0 / 5.0\r\n\r\n',
    'SPAMD/1.1 0 EX_OK\r\nSpam: True ; 1e999 / 5.0\r\n\r\n',
    'SPAMD/1.1 0 EX_OK\r\nContent-length: 9\r\nSpam: True ; 1.0 / 5.0\r\n\r\nA',
  ];
  for (const text of notOnes)
    assert.throws(() => readScore(Buffer.from(text)), { code: 'SCANNER_BAD_ANSWER' }, text);
  assert.throws(() => readScore(Buffer.from('SPAMD/1.0 76 Bad header\x07 line\r\n')), {
    code: 'SCANNER_REFUSED',
    message: /Bad header  line/,
  });
});

test('the answer is whole when its own length says so', () => {
  const whole = answer('True ; 9.0 / 5.0', 'GTUBE');
  for (let cut = 0; cut < whole.length; cut += 1)
    assert.equal(isWholeAnswer(whole.subarray(0, cut)), false);
  assert.equal(isWholeAnswer(whole), true);
  assert.equal(isWholeAnswer(Buffer.from('SPAMD/1.1 0 EX_OK\r\nDidSet: local\r\n\r\n')), false);
});

test('it learned only when it says so', () => {
  assert.equal(readTold(Buffer.from('SPAMD/1.1 0 EX_OK\r\nDidSet: local\r\n\r\n\r\n')), true);
  assert.equal(readTold(Buffer.from('SPAMD/1.1 0 EX_OK\r\n\r\n\r\n')), false);
});
