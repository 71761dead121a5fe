import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TopLines, WireLines } from './wire-lines.ts';

function onTheWire(text: string, size: number): string {
  const lines = new WireLines();
  const pieces: Buffer[] = [];
  for (let at = 0; at < text.length; at += size) {
    pieces.push(...lines.take(Buffer.from(text.slice(at, at + size), 'latin1')));
  }
  return Buffer.concat([...pieces, lines.end()]).toString('latin1');
}

function topOf(text: string, count: number, size: number): string {
  const top = new TopLines(count);
  let kept = '';
  for (let at = 0; at < text.length && !top.isComplete; at += size) {
    kept += top.take(Buffer.from(text.slice(at, at + size), 'latin1')).toString('latin1');
  }
  return kept;
}

test('dots are stuffed, bare line feeds mended, the end is a line of its own (RFC 1939 §3)', () => {
  const cases = [
    ['', '.\r\n'],
    ['a\r\n', 'a\r\n.\r\n'],
    ['a', 'a\r\n.\r\n'],
    ['.\r\n..a\r\nb.\r\n', '..\r\n...a\r\nb.\r\n.\r\n'],
    ['a\n.b\n\nc\r\n', 'a\r\n..b\r\n\r\nc\r\n.\r\n'],
    ['\n', '\r\n.\r\n'],
  ] as const;
  for (const [text, wire] of cases) {
    for (const size of [1, 2, 3, 100])
      assert.equal(onTheWire(text, size), wire, `${size}: ${wire}`);
  }
});

test('TOP is the header, the empty line and so many lines (RFC 1939 §7)', () => {
  const message = 'A: b\r\nC: d\r\n\r\none\r\n\r\nthree\r\n';
  for (const size of [1, 2, 5, 100]) {
    assert.equal(topOf(message, 0, size), 'A: b\r\nC: d\r\n\r\n');
    assert.equal(topOf(message, 2, size), 'A: b\r\nC: d\r\n\r\none\r\n\r\n');
    assert.equal(topOf(message, 9, size), message);
  }
});
