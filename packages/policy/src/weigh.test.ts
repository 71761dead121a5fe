import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smtpReply } from '@restante/mail-model';
import type { CheckAnswer } from './check.ts';
import type { Finding } from './evaluate.ts';
import { verdictOf, weigh } from './weigh.ts';

const thresholds = { tagPoints: 5, definitePoints: 10, refusePoints: 0 };
const found = (check: string, answer: Finding['answer']): Finding => ({ check, answer });
const note = (points: number): Exclude<CheckAnswer, { action: 'pass' }> => ({
  action: 'note',
  detail: `${points}`,
  points,
});
const reply = smtpReply(550, '5.7.1', 'no');

test('nothing found: pass, no reasons', () => {
  assert.deepEqual(weigh([], thresholds), { action: 'pass', points: 0, reasons: [] });
});

test('the worst action wins and brings its reply; every reason is kept, in order', () => {
  const judgement = weigh(
    [
      found('a', { action: 'tag', detail: 'first' }),
      found('b', { action: 'refuse', detail: 'second', reply }),
      found('c', { action: 'defer', detail: 'third', reply: smtpReply(451, '4.7.1', 'later') }),
    ],
    thresholds,
  );
  assert.deepEqual([judgement.action, judgement.by, judgement.reply], ['refuse', 'b', reply]);
  assert.deepEqual(
    judgement.reasons.map(({ check }) => check),
    ['a', 'b', 'c'],
  );
});

test('points add up to likely, then to certain spam; what speaks for the sender is taken off', () => {
  const spamAt = (...points: number[]) =>
    weigh(
      points.map((each) => found('x', note(each))),
      thresholds,
    ).spam;
  assert.deepEqual(
    [spamAt(4), spamAt(4, 1), spamAt(6, 6), spamAt(6, 6, -4), spamAt(6, 6, -8)],
    [undefined, 'likely', 'definite', 'likely', undefined],
  );
});

test('a threshold of 0 is never reached: without points, and with many', () => {
  const never = { tagPoints: 0, definitePoints: 0, refusePoints: 0 };
  for (const findings of [[], [found('x', note(0))], [found('x', note(50))]])
    assert.equal(weigh(findings, never).spam, undefined);
  assert.equal(weigh([found('x', note(50))], { ...never, tagPoints: 5 }).spam, 'likely');
});

test('a sum refuses only where the site wants that', () => {
  const findings = [found('light', note(2)), found('heavy', note(7))];
  assert.equal(weigh(findings, thresholds).action, 'tag');
  const refused = weigh(findings, { ...thresholds, refusePoints: 9 });
  assert.deepEqual([refused.action, refused.by, refused.reply], ['refuse', 'points', undefined]);
});

test('what a stranger chose stays one printable line of bounded length in the verdict', () => {
  const judgement = weigh(
    Array.from({ length: 40 }, () =>
      found('x', { ...note(0), detail: `a\r\nX-Evil: ü${'b'.repeat(999)}` }),
    ),
    thresholds,
  );
  const { reasons } = verdictOf(judgement);
  assert.equal(reasons.length, 12);
  assert.match(reasons[0]?.detail ?? '', /^a\?X-Evil: \?b+\.\.\.$/);
  assert.ok(JSON.stringify(reasons).length < 3000);
});
