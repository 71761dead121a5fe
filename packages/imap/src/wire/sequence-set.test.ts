import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatNumberSet, parseSequenceSet, resolveRanges, star } from './sequence-set.ts';

test('sequence sets are read as written, ranges in order (RFC 3501 §9)', () => {
  assert.deepEqual(parseSequenceSet('2,4:7,9,15:12,*:3'), {
    kind: 'ranges',
    ranges: [
      { first: 2, last: 2 },
      { first: 4, last: 7 },
      { first: 9, last: 9 },
      { first: 12, last: 15 },
      { first: 3, last: star },
    ],
  });
  assert.deepEqual(parseSequenceSet('$'), { kind: 'saved' });
  for (const wrong of [
    '',
    '0',
    '1:',
    ':1',
    '1,,2',
    '1,',
    '01',
    '4294967296',
    '1:2:3',
    'a',
    '$,1',
  ]) {
    assert.equal(parseSequenceSet(wrong), undefined, wrong);
  }
});

test('a range to "*" contains the largest even when it begins above it (RFC 3501 §6.4.8)', () => {
  assert.deepEqual(resolveRanges([{ first: 559, last: star }], 20), [{ first: 20, last: 559 }]);
});

test('overlaps are merged and four thousand million numbers cost nothing (threat 19)', () => {
  const set = parseSequenceSet(Array.from({ length: 10_000 }, () => '1:4294967295').join());
  assert.ok(set?.kind === 'ranges');
  assert.deepEqual(resolveRanges(set.ranges, 5), [{ first: 1, last: 4_294_967_295 }]);
});

test('numbers are written as the shortest set', () => {
  assert.equal(formatNumberSet([]), '');
  assert.equal(formatNumberSet([1, 2, 3, 5, 7, 8]), '1:3,5,7:8');
});
