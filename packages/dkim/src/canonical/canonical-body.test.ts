import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { BodyDigests } from './body-digests.ts';
import { canonicalBody, type Canonicalization } from './canonical-body.ts';

function canonical(how: Canonicalization, chunks: readonly string[]): string {
  let text = '';
  const body = canonicalBody(how, (bytes) => (text += bytes.toString('latin1')));
  for (const chunk of chunks) body.update(Buffer.from(chunk, 'latin1'));
  body.end();
  return text;
}

/** In the words of RFC 6376 §3.4.3 and §3.4.4, slowly. */
function slowly(how: Canonicalization, body: string): string {
  const lines = body.split('\r\n');
  const kept =
    how === 'simple'
      ? lines
      : lines.map((line) => line.replaceAll(/[ \t]+/g, ' ').replaceAll(/ $/g, ''));
  while (kept.at(-1) === '') kept.pop();
  if (kept.length === 0) return how === 'simple' ? '\r\n' : '';
  return `${kept.join('\r\n')}\r\n`;
}

const pieces = fc.array(
  fc.constantFrom('a', 'word', ' ', '  ', '\t', '\r\n', '\r\n\r\n', '\r', '\n', '.', '\xfc', '\0'),
  { maxLength: 60 },
);
const cuts = fc.array(fc.nat(200), { maxLength: 12 });

function cutAt(text: string, places: readonly number[]): readonly string[] {
  const ends = [...places.map((place) => place % (text.length + 1)), text.length];
  let from = 0;
  return ends
    .toSorted((a, b) => a - b)
    .map((end) => {
      const chunk = text.slice(from, end);
      from = end;
      return chunk;
    });
}

for (const how of ['simple', 'relaxed'] as const) {
  test(`any body in any chunks is ${how} as the RFC says (RFC 6376 §3.4)`, () => {
    fc.assert(
      fc.property(pieces, cuts, (words, places) => {
        const body = words.join('');
        assert.equal(canonical(how, cutAt(body, places)), slowly(how, body));
      }),
      { numRuns: 3_000 },
    );
  });

  test(`${how}: long bodies, long runs of blanks and of empty lines`, () => {
    const bodies = [
      `${'word '.repeat(50_000)}\r\n`,
      `${' '.repeat(200_000)}x${'\r\n'.repeat(100_000)}y${'\r\n'.repeat(70_000)}`,
      '\r\n \r\nx'.repeat(30_000),
      `a\t\r\n${' \r\n'.repeat(60_000)}b`,
    ];
    for (const body of bodies) {
      const whole = slowly(how, body);
      for (const size of [body.length, 65_536, 4_097]) {
        const chunks = Array.from({ length: Math.ceil(body.length / size) }, (_, index) =>
          body.slice(index * size, (index + 1) * size),
        );
        assert.ok(canonical(how, chunks) === whole, `${body.slice(0, 10)} by ${size}`);
      }
    }
  });
}

test('a line end is CRLF; CR and LF alone are bytes like others', () => {
  assert.equal(canonical('relaxed', ['a \n', 'b\r', 'c']), 'a \nb\rc\r\n');
  assert.equal(canonical('simple', ['\r\n\r', '\r\n']), '\r\n\r\r\n');
  assert.equal(canonical('relaxed', ['\r']), '\r\r\n');
});

test('one reading gives every digest that signatures want, with l= or without (RFC 6376 §3.5)', () => {
  const body = ` C \r\nD \t E\r\n\r\n\r\n`;
  const relaxed = ' C\r\nD E\r\n';
  const simple = ' C \r\nD \t E\r\n';
  const lengths = [undefined, 0, 1, 5, relaxed.length, simple.length, 1_000, 1e70];
  const wishes = (['simple', 'relaxed'] as const).flatMap((canonicalization) =>
    lengths.map((lengthBytes) =>
      lengthBytes === undefined ? { canonicalization } : { canonicalization, lengthBytes },
    ),
  );
  const sha = (text: string) => createHash('sha256').update(text, 'latin1').digest();
  for (const size of [1, 3, 100]) {
    const digests = new BodyDigests(wishes);
    for (let at = 0; at < body.length; at += size) {
      digests.update(Buffer.from(body.slice(at, at + size)));
    }
    digests.end();
    for (const wish of wishes) {
      const text = wish.canonicalization === 'simple' ? simple : relaxed;
      const { lengthBytes = text.length } = wish;
      const expected = lengthBytes > text.length ? undefined : sha(text.slice(0, lengthBytes));
      assert.deepEqual(digests.digestOf(wish), { sha256: expected, sizeBytes: text.length });
    }
  }
});
