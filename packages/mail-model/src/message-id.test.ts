import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createMessageIdMaker,
  derivedMessageId,
  isMessageId,
  isSpoolId,
  timeOfMessageId,
} from './message-id.ts';

test('ids sort in the order they were made, also within a millisecond and when the clock steps back', () => {
  const ids = createMessageIdMaker();
  const made = [1000, 1000, 1001, 999, 5000].map((ms) => ids.next(ms));
  assert.deepEqual(made.toSorted(), made);
  assert.equal(new Set(made).size, made.length);
});

test('an id is a valid BullMQ job id: no colon, never all digits', () => {
  const id = createMessageIdMaker(() => new Uint8Array(9)).next(0);
  assert.ok(isMessageId(id));
  assert.doesNotMatch(id, /:|^\d+$/);
});

test('an id tells when it was made', () => {
  assert.equal(timeOfMessageId(createMessageIdMaker().next(1_795_000_000_123)), 1_795_000_000_123);
});

test('a derived id is the same for the same reason and another for another', () => {
  const id = createMessageIdMaker().next(1000);
  assert.equal(derivedMessageId(id, ['failed', 'a']), derivedMessageId(id, ['failed', 'a']));
  assert.notEqual(derivedMessageId(id, ['failed', 'a']), derivedMessageId(id, ['failed', 'b']));
  assert.ok(isMessageId(derivedMessageId(id, ['failed'])));
});

test('a later entry of one message has a number behind its id', () => {
  const id = createMessageIdMaker().next(1000);
  assert.ok(isSpoolId(id) && isSpoolId(`${id}-2`));
  assert.ok(!isSpoolId(`${id}-0`) && !isSpoolId(`${id}:2`) && !isSpoolId('123'));
});
