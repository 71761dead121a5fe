import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeHead, encodeHead, headerBytes, isHeadIntact, recordTypes } from './record.ts';

const marker = Buffer.from('0123456789abcdef', 'hex');

test('a head says again what was written, UTF-8 included', () => {
  const meta = JSON.stringify({ sender: 'jürgen@example.test' });
  const bytes = encodeHead(
    { type: recordTypes.message, meta, body: Buffer.from('body') },
    marker,
    4096,
  );
  const head = decodeHead(bytes, 0, marker);
  assert.equal(head?.type, recordTypes.message);
  assert.equal(head.bodyLength, 4);
  assert.equal(head.batchStart, 4096);
  assert.equal(bytes.toString('utf8', headerBytes), meta);
  assert.ok(isHeadIntact(bytes, 0, head.metaLength));
});

test('every flipped bit of a head is noticed', () => {
  const whole = encodeHead({ type: recordTypes.hold, meta: '{"of":["m",1,2]}' }, marker, 0);
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const bytes = Buffer.from(whole);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const head = decodeHead(bytes, 0, marker);
    const isTaken =
      head !== undefined &&
      head.metaLength + headerBytes === bytes.length &&
      isHeadIntact(bytes, 0, head.metaLength);
    assert.equal(isTaken, false, `bit ${bit}`);
  }
});

test('a record of another segment is not one of this', () => {
  const bytes = encodeHead({ type: recordTypes.seal, meta: '{}' }, marker, 0);
  assert.equal(decodeHead(bytes, 0, Buffer.alloc(8, 1)), undefined);
});
