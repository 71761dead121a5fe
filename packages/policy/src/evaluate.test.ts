import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Check, CheckAnswer } from './check.ts';
import { evaluate } from './evaluate.ts';

const check = (name: string, judge: () => CheckAnswer | Promise<CheckAnswer>): Check<object> => ({
  name,
  needs: 'sender',
  budgetMs: 20,
  judge,
});
const note = (detail: string): CheckAnswer => ({ action: 'note', detail });

test('checks run at the same time, and their reasons stay in the order of the checks', async () => {
  let running = 0;
  let most = 0;
  const slow = (name: string, turns: number) =>
    check(name, async () => {
      running += 1;
      most = Math.max(most, running);
      for (let count = 0; count < turns; count += 1) await turn();
      running -= 1;
      return note(name);
    });
  const findings = await evaluate([slow('a', 5), slow('b', 1), slow('c', 3)], {}, () => undefined);
  assert.deepEqual([most, findings.map((finding) => finding.check)], [3, ['a', 'b', 'c']]);
});

test('a check that never answers is late, leaves a note, and holds nobody up', async () => {
  const events: string[] = [];
  const findings = await evaluate(
    [check('dead', async () => new Promise(() => undefined)), check('quick', () => note('q'))],
    {},
    (event) =>
      void (event.name === 'policy.judged' && events.push(`${event.check} ${event.action}`)),
  );
  assert.deepEqual(
    findings.map(({ answer }) => answer.detail),
    ['no answer within 20 ms', 'q'],
  );
  assert.ok(events.includes('dead late'));
});

test('a check that fails is told of and counts as pass (law 7)', async () => {
  const failed: string[] = [];
  const broken = [
    check('sync', () => {
      throw new Error('a bug');
    }),
    check('async', async () => Promise.reject(new Error('another'))),
  ];
  const findings = await evaluate(broken, {}, (event) => {
    if (event.name === 'policy.failed') failed.push(event.check);
  });
  assert.deepEqual([findings, failed], [[], ['sync', 'async']]);
});
