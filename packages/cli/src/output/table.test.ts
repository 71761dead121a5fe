import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coloursFor } from './colours.ts';
import { printable } from './printable.ts';
import { renderTable } from './table.ts';
import { duration, moment, parseSize, size } from './words.ts';

test('columns line up, numbers to the right', () => {
  const text = renderTable({
    columns: [{ title: 'route' }, { title: 'waiting', align: 'right' }, { title: 'state' }],
    rows: [
      ['local', '3', 'open'],
      ['peer:shanghai', '12000', 'held by health'],
    ],
  });
  assert.equal(
    text,
    [
      'route          waiting  state',
      'local                3  open',
      'peer:shanghai    12000  held by health',
      '',
    ].join('\n'),
  );
});

test('the last column is cut to the terminal, wide characters count double', () => {
  const text = renderTable({
    columns: [{ title: 'a' }, { title: 'b' }],
    rows: [['上海', 'x'.repeat(50)]],
    width: 20,
  });
  const [, row] = text.split('\n');
  assert.equal(row, `上海  ${'x'.repeat(13)}…`);
});

test('nothing a stranger wrote reaches the terminal as a command', () => {
  const text = renderTable({
    columns: [{ title: 'sender' }],
    rows: [['\u001b]0;owned\u0007evil\u009b2J\r\nsecond\u202e']],
  });
  assert.ok(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(text), JSON.stringify(text));
  assert.equal(text.split('\n').length, 3);
  assert.equal(printable('tab\tand\nline stay'), 'tab\tand\nline stay');
});

test('colours only on a terminal, and never with NO_COLOR', () => {
  const stdout = { write: () => undefined, isTty: true, columns: 80 };
  assert.notEqual(coloursFor({ stdout, environment: {} }).good('x'), 'x');
  assert.equal(coloursFor({ stdout, environment: { NO_COLOR: '1' } }).good('x'), 'x');
  assert.equal(coloursFor({ stdout: { ...stdout, isTty: false }, environment: {} }).good('x'), 'x');
});

test('durations, moments and sizes read as a person says them', () => {
  assert.equal(duration(5_000), '5 s');
  assert.equal(duration(20 * 60_000), '20 min');
  assert.equal(duration(3 * 3_600_000), '3 h');
  assert.equal(duration(5 * 86_400_000), '5 d');
  assert.equal(moment(1_000_000 - 300_000, 1_000_000), '5 min ago');
  assert.equal(moment(1_000_000 + 20_000, 1_000_000), 'in 20 s');
  assert.equal(size(812), '812 B');
  assert.equal(size(4096), '4.0 KiB');
  assert.equal(parseSize('500MiB'), 500 * 1024 * 1024);
  assert.equal(parseSize('2 G'), 2 * 1024 ** 3);
  assert.equal(parseSize('many'), undefined);
});
