import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderBlock } from './header-block.ts';

const message =
  'Received: from a\r\n by b\r\nReceived: from c by d\r\nSubject: Received: not me\r\n\r\nReceived: nor me\r\n';

test('the header is the same however the bytes are cut into chunks', () => {
  for (let at = 1; at < message.length; at += 1) {
    const header = new HeaderBlock();
    header.read(Buffer.from(message.slice(0, at)));
    header.read(Buffer.from(message.slice(at)));
    assert.equal(header.count('Received'), 2, `cut at ${at}`);
    assert.ok(header.isComplete, `cut at ${at}`);
    assert.equal(header.text, message.slice(0, message.indexOf('\r\n\r\n') + 2), `cut at ${at}`);
  }
});

test('byte by byte too', () => {
  const header = new HeaderBlock();
  for (const character of message) header.read(Buffer.from(character));
  assert.equal(header.text, message.slice(0, message.indexOf('\r\n\r\n') + 2));
});

test('a folded field is unfolded (RFC 5322 §2.2.3)', () => {
  const header = new HeaderBlock();
  header.read(Buffer.from(message));
  assert.deepEqual(header.values('received'), ['from a by b', 'from c by d']);
});

test('a message without an empty line is all header', () => {
  const header = new HeaderBlock();
  header.read(Buffer.from('Subject: x\r\n'));
  assert.equal(header.isComplete, false);
  assert.deepEqual(header.values('Subject'), ['x']);
});
