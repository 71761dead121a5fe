import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { BodyHash } from './body-hash.ts';

function hashOf(...chunks: readonly string[]): string {
  const body = new BodyHash();
  for (const chunk of chunks) body.update(Buffer.from(chunk, 'latin1'));
  return body.digest();
}

/** RFC 6376 §3.4.4 in the words of the RFC, slowly. */
function relaxed(body: string): string {
  const lines = body
    .replaceAll(/[ \t]+\r\n/g, '\r\n')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/(\r\n)+$/g, '');
  return createHash('sha256')
    .update(lines === '' ? '' : `${lines}\r\n`, 'latin1')
    .digest('base64');
}

test('an empty body, and one of empty lines, hash as nothing (RFC 6376 §3.4.4)', () => {
  const nothing = createHash('sha256').digest('base64');
  assert.equal(hashOf(), nothing);
  assert.equal(hashOf('\r\n\r\n'), nothing);
  assert.equal(hashOf(' \t\r\n \r\n'), nothing);
});

test('the example of the RFC (RFC 6376 §3.4.5)', () => {
  assert.equal(
    hashOf(' C \r\nD \t E\r\n\r\n\r\n'),
    createHash('sha256').update(' C\r\nD E\r\n').digest('base64'),
  );
});

test('the cutting into chunks makes no difference', () => {
  const body = `\r\n\r\n a  b\t\r\n\t\r\n${'\r\n'.repeat(9_000)}end \xfc . \r\n\r\n  \r\n`;
  const whole = relaxed(body);
  assert.equal(hashOf(body), whole);
  assert.equal(hashOf(...body.split('')), whole);
  for (const size of [2, 3, 7, 4_096]) {
    const chunks = Array.from({ length: Math.ceil(body.length / size) }, (_, index) =>
      body.slice(index * size, (index + 1) * size),
    );
    assert.equal(hashOf(...chunks), whole, `in pieces of ${size}`);
  }
});

test('a body without a line end at its end gets one (RFC 6376 §3.4.4)', () => {
  assert.equal(hashOf('x'), hashOf('x\r\n'));
});
