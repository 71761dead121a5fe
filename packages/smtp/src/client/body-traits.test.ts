import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyInspector, traitsOf } from './body-traits.ts';
import { endsLine, stuffDots } from './dot-stuffing.ts';

/** Every text of up to five of these octets: all the borders there are. */
function* texts(): Generator<string> {
  const octets = ['\r', '\n', '.', 'x'];
  for (let number = 0; number < 4 ** 5; number += 1) {
    let text = '';
    for (let rest = number; rest > 0; rest = Math.trunc(rest / 4)) text += octets[rest % 4];
    yield text;
  }
}

test('bare CR and LF, leading dots and the last line end are seen in every position (RFC 5321 §2.3.8)', () => {
  for (const text of texts()) {
    const traits = traitsOf(Buffer.from(text));
    const withoutPairs = text.replaceAll('\r\n', '|');
    const isBare = /[\r\n]/.test(withoutPairs);
    assert.equal(traits.hasBareNewline, isBare, JSON.stringify(text));
    if (isBare) continue;
    assert.equal(traits.hasLeadingDot, /(^|\|)\./.test(withoutPairs), JSON.stringify(text));
    assert.equal(traits.endsWithCrlf, text === '' || text.endsWith('\r\n'), JSON.stringify(text));
  }
});

test('chunks see what the whole sees, wherever it is cut', () => {
  for (const text of texts()) {
    const whole = traitsOf(Buffer.from(text));
    for (let cut = 0; cut <= text.length; cut += 1) {
      const inspector = new BodyInspector();
      inspector.push(Buffer.from(text.slice(0, cut)));
      inspector.push(Buffer.from(text.slice(cut)));
      const traits = inspector.traits();
      assert.equal(traits.hasBareNewline, whole.hasBareNewline, JSON.stringify([text, cut]));
      if (!whole.hasBareNewline) assert.deepEqual(traits, whole, JSON.stringify([text, cut]));
    }
  }
});

test('8-bit octets are seen', () => {
  assert.equal(traitsOf(Buffer.from('plain\r\n')).isAscii, true);
  assert.equal(traitsOf(Buffer.from('grün\r\n')).isAscii, false);
});

test('every line that begins with a dot gets another one, in chunks as in one piece (RFC 5321 §4.5.2)', () => {
  for (const text of texts()) {
    const bytes = Buffer.from(text);
    if (traitsOf(bytes).hasBareNewline) continue;
    const expected = text.replaceAll(/(^|\n)\./g, '$1..');
    assert.equal(stuffDots(bytes, { atLineStart: true }).toString(), expected);
    let chunked = '';
    let atLineStart = true;
    for (const octet of text) {
      const chunk = Buffer.from(octet);
      chunked += stuffDots(chunk, { atLineStart }).toString();
      atLineStart = endsLine(chunk);
    }
    assert.equal(chunked, expected);
  }
});

test('a body without leading dots is not copied', () => {
  const bytes = Buffer.from('a.b\r\nc.\r\n');
  assert.equal(stuffDots(bytes, { atLineStart: true }), bytes);
});
