import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@restante/runtime';
import { createSendLimits } from '../send-limits.ts';
import { createMemorySendTally } from './memory-send-tally.ts';
import { hourMs, sumUp } from './send-tally.ts';

const hour = 490_000;
const at = (minutes: number) => hour * hourMs + minutes * 60_000;

test('an hour and a day slide: the oldest hour counts by the part that is within', () => {
  assert.deepEqual(sumUp([{ hour, recipients: 10 }], at(30)), { lastHour: 10, lastDay: 10 });
  assert.deepEqual(sumUp([{ hour: hour - 1, recipients: 10 }], at(30)), {
    lastHour: 5,
    lastDay: 10,
  });
  assert.deepEqual(sumUp([{ hour: hour - 24, recipients: 10 }], at(45)), {
    lastHour: 0,
    lastDay: 3,
  });
  assert.deepEqual(sumUp([{ hour: hour - 25, recipients: 10 }], at(0)), {
    lastHour: 0,
    lastDay: 0,
  });
});

test('both sites count together, however often they tell each other', async () => {
  const here = createMemorySendTally('shanghai', systemClock);
  const there = createMemorySendTally('us', systemClock);
  await here.add('ana@x.test', 3);
  await there.add('ana@x.test', 4);
  await there.add('bob@x.test', 1);
  for (let times = 0; times < 3; times += 1) {
    await here.noteCounts('us', await there.ownCounts());
    await there.noteCounts('shanghai', await here.ownCounts());
  }
  assert.deepEqual(await here.add('ana@x.test', 0), { lastHour: 7, lastDay: 7 });
  assert.deepEqual(await there.add('ana@x.test', 0), { lastHour: 7, lastDay: 7 });
  assert.equal((await here.ownCounts()).length, 1);
});

test('a message over the limit counts nothing, and one that was not sent is given back', async () => {
  const tally = createMemorySendTally('here', systemClock);
  const limits = createSendLimits(tally, { recipientsPerHour: 5, recipientsPerDay: 100 });
  assert.equal(await limits.take('ana@x.test', 3), undefined);
  const refusal = await limits.take('ana@x.test', 3);
  assert.equal(refusal?.code, 452);
  assert.match(refusal?.text ?? '', /sent to 3 recipients in the last hour, and may to 5/);
  assert.equal(await limits.judge('ana@x.test', 2), undefined);
  await limits.giveBack('ana@x.test', 3);
  assert.equal(await limits.take('ana@x.test', 5), undefined);
  assert.equal((await limits.judge('ana@x.test', 1))?.code, 452);
});
