import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reader } from './reader.ts';
import { Refusal } from './refusal.ts';

function reader(text: string, ...literals: readonly string[]): Reader {
  return new Reader(
    {
      text,
      literals: literals.map((literal) => ({
        sizeBytes: literal.length,
        isBinary: false,
        body: Buffer.from(literal, 'latin1'),
      })),
    },
    { isUtf8: false },
  );
}

const isBad = (cause: unknown) => cause instanceof Refusal && cause.status === 'BAD';

test('strings are quoted, literal or atoms (RFC 3501 §4.3, §9)', () => {
  const read = reader('"a \\"b\\" \\\\" {3}\r\n c]d', 'x\r\n');
  assert.equal(read.astring(), 'a "b" \\');
  read.space();
  assert.equal(read.astring(), 'x\r\n');
  read.space();
  assert.equal(read.astring(), 'c]d');
  read.end();
});

test('what breaks the grammar is BAD, never a guess (RFC 3501 §9)', () => {
  for (const text of ['"open', '"a\\x"', '{3}\r\n', '', '(', '%', '"a\0b"']) {
    assert.throws(() => reader(text).astring(), isBad, text);
  }
  assert.throws(() => reader('99999999999').number32(), isBad);
  assert.throws(() => reader('a b').end(), isBad);
});

test('lists nest to a depth, and no further (threat 19)', () => {
  const read = reader('('.repeat(100_000));
  const nest = (): unknown => read.list(nest);
  assert.throws(nest, isBad);
});

test('a quoted string of a megabyte is read in linear time', () => {
  const read = reader(`"${'\\"x'.repeat(350_000)}"`);
  assert.equal(read.string().length, 700_000);
});

test('date-time with its zone (RFC 3501 §9)', () => {
  const at = Date.UTC(1996, 6, 17, 9, 44, 25);
  assert.equal(reader('"17-Jul-1996 02:44:25 -0700"').dateTime(), at);
  assert.equal(reader('" 1-Feb-1994 21:52:25 +0000"').dateTime(), Date.UTC(1994, 1, 1, 21, 52, 25));
  for (const wrong of ['"31-Feb-1994 21:52:25 +0000"', '"1-Feb-1994 21:52:25 +0000"', '"x"']) {
    assert.throws(() => reader(wrong).dateTime(), isBad, wrong);
  }
});
