import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressSlots } from './address-slots.ts';

const never = new AbortController().signal;
const owner = () => {
  const asked: string[] = [];
  return { asked, yieldIdle: (address: string) => void asked.push(address) };
};

test('who comes too late waits in order, asks the holders for room, and a place passes from hand to hand', async () => {
  const slots = new AddressSlots(2);
  const [one, two] = [owner(), owner()];
  const first = await slots.take('a', one, never);
  const second = await slots.take('a', one, never);
  const other = await slots.take('b', one, never);
  const order: string[] = [];
  const third = slots.take('a', two, never).then((giveBack) => (order.push('third'), giveBack));
  const fourth = slots.take('a', two, never).then((giveBack) => (order.push('fourth'), giveBack));
  assert.deepEqual(one.asked, ['a', 'a']);
  first();
  first();
  (await third)();
  (await fourth)();
  assert.deepEqual(order, ['third', 'fourth']);
  second();
  other();
  assert.equal(slots.usedOf('a') + slots.usedOf('b'), 0);
});

test('who gives up waiting leaves the line', async () => {
  const slots = new AddressSlots(1);
  const giveBack = await slots.take('a', owner(), never);
  const stop = new AbortController();
  const waiting = slots.take('a', owner(), stop.signal);
  stop.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  giveBack();
  assert.equal(slots.usedOf('a'), 0);
  (await slots.take('a', owner(), never))();
});
