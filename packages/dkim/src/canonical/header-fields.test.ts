import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Header, relaxedField } from './header-fields.ts';

test('the example of the RFC (RFC 6376 §3.4.5)', () => {
  const { fields } = new Header('A: X\r\nB : Y\t\r\n\tZ  \r\n');
  assert.deepEqual(
    fields.map(({ relaxed }) => relaxed),
    ['a:X', 'b:Y Z'],
  );
  assert.deepEqual(
    fields.map(({ text }) => text),
    ['A: X\r\n', 'B : Y\t\r\n\tZ  \r\n'],
  );
});

test('of fields with one name the last is chosen first, then what is above it (RFC 6376 §5.4.2)', () => {
  const header = new Header('X: 1\r\nFrom: a\r\nX: 2\r\nX: 3\r\n');
  const chosen = (...names: string[]) => header.choose(names).map(({ text }) => text.trim());
  assert.deepEqual(chosen('x', 'from', 'x'), ['X: 3', 'From: a', 'X: 2']);
  assert.deepEqual(chosen('x', 'x', 'x', 'x', 'from', 'from', 'to'), [
    'X: 3',
    'X: 2',
    'X: 1',
    'From: a',
  ]);
});

test('a signature is never among the fields it covers (RFC 6376 §3.5)', () => {
  const header = new Header('DKIM-Signature: new\r\nDKIM-Signature: old\r\n');
  const [itself] = header.named('dkim-signature');
  const names = ['dkim-signature', 'dkim-signature', 'dkim-signature'];
  assert.deepEqual(
    header.choose(names, itself).map(({ text }) => text),
    ['DKIM-Signature: old\r\n'],
  );
});

test('only blanks are blanks: other bytes of a value stay', () => {
  assert.equal(relaxedField('S:\xa0 a\x0b \x0c\r\n'), 's:\xa0 a\x0b \x0c');
  assert.equal(relaxedField('S: \t \r\n \r\n'), 's:');
  assert.equal(relaxedField('S:a\rb\nc\r\n'), 's:a\rb\nc');
});

test('what is no field belongs to no signature', () => {
  const header = new Header(
    ' lost\r\nno colon\r\nwith blank: x\r\nFrom a@b Sun 10:00\r\n: x\r\nOk: 1',
  );
  assert.deepEqual(
    header.fields.map(({ name, text }) => [name, text]),
    [['ok', 'Ok: 1\r\n']],
  );
});

test('a header of a hundred thousand fields or folds is read in linear time (threat 15)', () => {
  const startedMs = performance.now();
  const names = Array.from({ length: 100_000 }, () => 'to');
  assert.equal(new Header('To: x\r\n'.repeat(100_000)).choose(names).length, 100_000);
  const folded = new Header(`To: x${'\r\n '.repeat(500_000)}\r\n`);
  assert.equal(folded.fields[0]?.relaxed, 'to:x');
  new Header('no colon \r\n'.repeat(200_000));
  assert.ok(performance.now() - startedMs < 10_000);
});
