import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitMessage } from './header-block.ts';

test('a message is header and body, and the empty line between belongs to neither (RFC 5322 §2.1)', () => {
  for (const [whole, header, body] of [
    ['A: b\r\n\r\nbody\r\n', 'A: b\r\n', 'body\r\n'],
    ['A: b\n\nbody\n', 'A: b\n', 'body\n'],
    ['\r\nbody\r\n', '', 'body\r\n'],
    ['A: b\r\n', 'A: b\r\n', ''],
    ['A: b', 'A: b', ''],
    ['A: b\r\n\r\n', 'A: b\r\n', ''],
    ['', '', ''],
  ] as const) {
    const split = splitMessage(Buffer.from(whole));
    assert.deepEqual([String(split.header), String(split.body)], [header, body], whole);
  }
});
