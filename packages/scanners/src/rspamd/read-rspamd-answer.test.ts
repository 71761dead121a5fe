import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRspamdAnswer } from './read-rspamd-answer.ts';

const read = (answer: unknown) => readRspamdAnswer(JSON.stringify(answer));

test('score, line and rules by their weight', () => {
  assert.deepEqual(
    read({
      score: 7.5,
      required_score: 15,
      thresholds: { reject: 15, 'add header': 6, greylist: 4 },
      action: 'add header',
      symbols: { A: { score: 0.1 }, B: { score: 7.9 }, C: { score: -0.5 } },
    }),
    { by: 'rspamd', score: 7.5, threshold: 6, rules: ['B', 'C', 'A'] },
  );
});

test('a rule that decides without adding up counts as where it refuses', () => {
  const answer = { is_skipped: true, score: 0, required_score: 15, action: 'reject' };
  assert.equal(read(answer).score, 15);
});

test('at most 30 rules, and nothing but plain characters in their names', () => {
  const symbols = Object.fromEntries(
    Array.from({ length: 500 }, (_, index) => [`R${index}\r\nX: y`, { score: index }]),
  );
  const { rules } = read({ score: 1, required_score: 15, symbols });
  assert.equal(rules.length, 30);
  assert.equal(rules[0], 'R499__X:_y');
});

test('what is not an answer is a failure, never a score', () => {
  const notOnes = [null, [], 'x', 3, {}, { score: '9', required_score: 15 }, { score: 1 }];
  for (const answer of notOnes)
    assert.throws(() => read(answer), { code: 'SCANNER_BAD_ANSWER' }, JSON.stringify(answer));
  assert.throws(() => readRspamdAnswer('{"score":nan,"required_score":15}'), {
    code: 'SCANNER_BAD_ANSWER',
  });
  assert.throws(() => read({ error: 'no\r\nway' }), { code: 'SCANNER_REFUSED' });
});

test('what it was told to skip was not looked at', () => {
  const answer = { is_skipped: true, score: 0, required_score: 15, action: 'no action' };
  assert.throws(() => read(answer), { code: 'SCANNER_SKIPPED', retry: false });
});
