import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandLineReader } from './command-line.ts';

function read(chunks: readonly (string | Buffer)[], maxBytes = 64) {
  const reader = new CommandLineReader(maxBytes);
  for (const chunk of chunks) reader.read(Buffer.from(chunk as string), 0);
  return reader.line;
}

test('a line is the same however it was cut', () => {
  const expected = { kind: 'line', text: 'MAIL FROM:<a@b>' } as const;
  assert.deepEqual(read(['MAIL FROM:<a@b>\r\n']), expected);
  assert.deepEqual(read('MAIL FROM:<a@b>\r\n'.split('')), expected);
});

test('CR and LF only stand together, at the end (RFC 5321 §2.3.8)', () => {
  for (const line of ['NOOP\n', 'NO\rOP\r\n', '\n', 'NOOP\r\r\n']) {
    assert.deepEqual(read([line]), { kind: 'broken', problem: 'line-end' }, JSON.stringify(line));
    assert.deepEqual(read(line.split('')), { kind: 'broken', problem: 'line-end' });
  }
});

test('a line beyond the limit is reported once, when it ends (RFC 5321 §4.5.3.1.4)', () => {
  const reader = new CommandLineReader(64);
  for (let round = 0; round < 1_000; round += 1) {
    reader.read(Buffer.alloc(1_000, 0x61), 0);
    assert.equal(reader.line, undefined);
  }
  const end = Buffer.from('\r\nNOOP\r\n');
  assert.equal(reader.read(end, 0), 2);
  assert.deepEqual(reader.line, { kind: 'broken', problem: 'too-long' });
  reader.read(end, 2);
  assert.deepEqual(reader.line, { kind: 'line', text: 'NOOP' });
});

test('exactly the limit passes, CRLF counted', () => {
  assert.equal(read([`${'a'.repeat(62)}\r\n`])?.kind, 'line');
  assert.deepEqual(read([`${'a'.repeat(63)}\r\n`]), { kind: 'broken', problem: 'too-long' });
});

test('UTF-8 is read, other bytes are not (RFC 6531 §3.3)', () => {
  assert.deepEqual(read(['RCPT TO:<Zoë@x>\r\n']), { kind: 'line', text: 'RCPT TO:<Zoë@x>' });
  assert.deepEqual(read([Buffer.from([0x41, 0xff, 0x0d, 0x0a])]), {
    kind: 'broken',
    problem: 'not-text',
  });
});
