import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseSubject } from './base-subject.ts';

test('prefixes, blobs and trailers are taken off (RFC 5256 §2.1)', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['lunch', 'lunch', false],
    ['Re: lunch', 'lunch', true],
    ['RE : lunch', 'lunch', true],
    ['re[2]: lunch', 'lunch', true],
    ['Fw: lunch', 'lunch', true],
    ['FWD: re: lunch', 'lunch', true],
    ['[list] Re: [list] lunch', 'lunch', true],
    ['[list] lunch', 'lunch', false],
    ['[a] [b]', '[b]', false],
    ['[a]', '[a]', false],
    ['lunch (fwd)', 'lunch', true],
    ['lunch (fwd) (FWD)  ', 'lunch', true],
    ['[Fwd: lunch]', 'lunch', true],
    ['[fwd: [fwd: Re: lunch (fwd)]]', 'lunch', true],
    [' \t lunch\r\n today ', 'lunch today', false],
    ['reading', 'reading', false],
    ['fwoops: no', 'fwoops: no', false],
    ['Re:', '', true],
    ['', '', false],
  ];
  for (const [subject, text, isReplyOrForward] of cases) {
    assert.deepEqual(baseSubject(subject), { text, isReplyOrForward }, subject);
  }
});

test('piled up prefixes cost linear time (RFC 5256 §2.1)', { timeout: 5_000 }, () => {
  for (const piece of ['[a]', 'Re: ', '[a] re: ', '[fwd: ', '[', 're[', ' (fwd)']) {
    baseSubject(piece.repeat(300_000));
    baseSubject(`${piece.repeat(300_000)}x${']'.repeat(300_000)}`);
  }
});
