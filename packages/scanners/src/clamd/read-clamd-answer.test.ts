import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readClamdAnswer } from './read-clamd-answer.ts';

const read = (text: string) => readClamdAnswer(Buffer.from(text));

test('OK is clean, FOUND has a name, without what ExtendedDetectionInfo adds', () => {
  assert.equal(read('stream: OK\0'), undefined);
  assert.equal(read('stream: Eicar-Test-Signature FOUND\0'), 'Eicar-Test-Signature');
  assert.equal(
    read('stream: {HEX}Bad.1.UNOFFICIAL(44d88612fea8a8f36de82e1278abb02f:68) FOUND\0'),
    '{HEX}Bad.1.UNOFFICIAL',
  );
});

test('a name is made of plain characters and not long', () => {
  assert.equal(read('stream: a\r\n250 OK FOUND\0'.replace('\r\n', '\t')), 'a_250_OK');
  assert.equal(read(`stream: ${'x'.repeat(300)} FOUND\0`)?.length, 64);
});

test('what passed a limit of its own was not looked at (threat 17)', () => {
  for (const text of [
    'INSTREAM size limit exceeded. ERROR\0',
    'stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND\0',
  ])
    assert.throws(() => read(text), { code: 'SCANNER_TOO_LARGE', retry: false });
});

test('everything else is a failure, never clean', () => {
  for (const text of [
    '',
    'OK',
    'stream: OK?',
    'stream:  FOUND',
    'PONG\0',
    'stream: OK\nstream: OK',
  ])
    assert.throws(() => read(text), { code: 'SCANNER_BAD_ANSWER' }, text);
  assert.throws(() => read('stream: lstat() failed. ERROR\0'), { code: 'SCANNER_REFUSED' });
});
