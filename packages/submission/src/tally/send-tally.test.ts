import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@restante/runtime';
import { createSendLimits, effectiveLimits } from '../send-limits.ts';
import { createMemorySendTally } from './memory-send-tally.ts';
import { hourMs, sumUp, type SendCount } from './send-tally.ts';

const hour = 490_000;
const at = (minutes: number) => hour * hourMs + minutes * 60_000;

const hoursAt = (count: Omit<SendCount, 'account'>, nowMs: number) => {
  const { lastHour, lastDay } = sumUp([count], [], nowMs);
  return { lastHour, lastDay };
};

test('an hour and a day slide: the oldest hour counts by the part that is within', () => {
  const ten = (age: number) => ({ hour: hour - age, recipients: 10 });
  assert.deepEqual(hoursAt(ten(0), at(30)), { lastHour: 10, lastDay: 10 });
  assert.deepEqual(hoursAt(ten(1), at(30)), { lastHour: 5, lastDay: 10 });
  assert.deepEqual(hoursAt(ten(24), at(45)), { lastHour: 0, lastDay: 3 });
  assert.deepEqual(hoursAt(ten(25), at(0)), { lastHour: 0, lastDay: 0 });
});

test('a minute and ten minutes slide the same way', () => {
  const minute = hour * 60 + 30;
  const burst = (age: number) => {
    const { lastMinute, lastTenMinutes } = sumUp(
      [],
      [{ minute: minute - age, recipients: 10 }],
      at(30.5),
    );
    return [lastMinute, lastTenMinutes];
  };
  assert.deepEqual(
    [burst(0), burst(1), burst(2)],
    [
      [10, 10],
      [5, 10],
      [0, 10],
    ],
  );
  assert.deepEqual(
    [burst(10), burst(11)],
    [
      [0, 5],
      [0, 0],
    ],
  );
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
  for (const tally of [here, there]) {
    const { lastHour, lastDay } = await tally.add('ana@x.test', 0);
    assert.deepEqual([lastHour, lastDay], [7, 7]);
  }
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

test('a burst is stopped before the hour is used up, and told so', async () => {
  const tally = createMemorySendTally('here', systemClock);
  const settings = { recipientsPerHour: 100, recipientsPerDay: 1000 };
  const limits = createSendLimits(tally, {
    ...settings,
    recipientsPerMinute: 5,
    recipientsPerTenMinutes: 8,
  });
  assert.equal(await limits.take('ana@x.test', 5), undefined);
  assert.match((await limits.take('ana@x.test', 1))?.text ?? '', /5 recipients in the last minute/);
  const slow = createSendLimits(tally, { ...settings, recipientsPerTenMinutes: 5 });
  assert.match((await slow.judge('ana@x.test', 1))?.text ?? '', /in the last ten minutes, and may/);
});

test('limits of an account of its own take the burst along, and never make it smaller', () => {
  const site = {
    recipientsPerMinute: 10,
    recipientsPerTenMinutes: 20,
    recipientsPerHour: 100,
    recipientsPerDay: 1000,
  };
  assert.deepEqual(effectiveLimits(site), site);
  assert.deepEqual(effectiveLimits(site, { recipientsPerHour: 500 }), {
    recipientsPerMinute: 50,
    recipientsPerTenMinutes: 100,
    recipientsPerHour: 500,
    recipientsPerDay: 1000,
  });
  assert.equal(effectiveLimits(site, { recipientsPerDay: 8_000 }).recipientsPerHour, 2_000);
  const few = effectiveLimits(site, { recipientsPerHour: 5, recipientsPerDay: 20 });
  assert.deepEqual(
    [few.recipientsPerMinute, few.recipientsPerHour, few.recipientsPerDay],
    [10, 5, 20],
  );
});
