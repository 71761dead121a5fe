import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smtpReply } from '@restante/mail-model';
import { evaluate } from './evaluate.ts';
import type { CheckAnswer } from './check.ts';

const check = (name: string, answer: CheckAnswer) => ({ name, judge: () => answer });

test('the worst verdict wins and every reason is kept, in order', () => {
  const { verdict, reply } = evaluate(
    [
      check('a', { action: 'tag', detail: 'first' }),
      check('b', { action: 'pass' }),
      check('c', { action: 'reject', detail: 'second', reply: smtpReply(550, '5.7.1', 'no') }),
      check('d', { action: 'defer', detail: 'third', reply: smtpReply(450, '4.7.1', 'later') }),
    ],
    {},
    0,
  );
  assert.equal(verdict.action, 'reject');
  assert.deepEqual(
    verdict.reasons.map(({ check: name }) => name),
    ['a', 'c', 'd'],
  );
  assert.equal(reply?.code, 550);
});

test('no check, no reason: accept', () => {
  assert.deepEqual(evaluate([], {}, 0), { verdict: { action: 'accept', reasons: [] } });
});
