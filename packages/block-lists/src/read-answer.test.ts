import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printableLine } from './ask.ts';
import type { ListSettings } from './block-lists.ts';
import { readAnswer } from './read-answer.ts';
import { judgeTestPoints } from './test-points.ts';

const list: ListSettings = { zone: 'bl.example', kind: 'address', points: 3, codes: [] };
const codes = [
  { from: '127.0.0.2', to: '127.0.0.9', points: 6, meaning: 'source of spam' },
  { from: '127.0.0.10', to: '127.0.0.11' },
];

test('without codes every answer in 127.0.0.0/8 counts (RFC 5782 §2.3)', () => {
  assert.deepEqual(readAnswer(['127.0.0.77'], list), {
    kind: 'hit',
    code: '127.0.0.77',
    points: 3,
  });
});

test('with codes only those count, with their own points and meaning', () => {
  assert.deepEqual(readAnswer(['127.0.0.3'], { ...list, codes }), {
    kind: 'hit',
    code: '127.0.0.3',
    points: 6,
    meaning: 'source of spam',
  });
  assert.deepEqual(readAnswer(['127.0.0.20'], { ...list, codes }), { kind: 'clean' });
});

test('of several answers the weightiest counts, whatever order they come in', () => {
  for (const records of [
    ['127.0.0.11', '127.0.0.2'],
    ['127.0.0.2', '127.0.0.11'],
  ]) {
    const answer = readAnswer(records, { ...list, codes });
    assert.equal(answer.kind === 'hit' && answer.code, '127.0.0.2');
  }
});

test('an answer outside 127.0.0.0/8 is no hit: the domain was given up (RFC 6471 §3.4)', () => {
  const answer = readAnswer(['203.0.113.7'], list);
  assert.match(answer.kind === 'broken' ? answer.problem : '', /203\.0\.113\.7.*given up/);
});

test('a list that says "not to you" is no hit, and the sentence says what to do', () => {
  for (const [code, words] of [
    ['127.255.255.252', /typing error/],
    ['127.255.255.254', /resolver of its own/],
    ['127.255.255.255', /too often/],
    ['127.255.255.250', /wrong/],
  ] as const) {
    const answer = readAnswer([code], list);
    assert.match(answer.kind === 'broken' ? answer.problem : '', words, code);
  }
  const refused = readAnswer(['127.0.0.1'], { ...list, kind: 'domain' });
  assert.match(refused.kind === 'broken' ? refused.problem : '', /refuses/);
});

test('127.0.0.1 counts only where the operator named it', () => {
  assert.equal(readAnswer(['127.0.0.1'], list).kind, 'clean');
  const named = { ...list, codes: [{ from: '127.0.0.1', to: '127.0.0.1', points: -1 }] };
  assert.equal(readAnswer(['127.0.0.1'], named).kind, 'hit');
});

const there = { kind: 'records', records: ['127.0.0.2'] } as const;
const nothing = { kind: 'nothing' } as const;
const silent = { kind: 'silent', why: 'ETIMEOUT' } as const;

test('test points: what must be there is, and what must not is not (RFC 5782 §5)', () => {
  const judge = (must: readonly Found[], mustNot: readonly Found[]) =>
    judgeTestPoints(list, { must, mustNot }).kind;
  assert.equal(judge([there, nothing], [nothing, nothing]), 'well');
  assert.equal(judge([nothing, there], [nothing, nothing]), 'well', 'an IPv6-only list');
  assert.equal(judge([there, silent], [nothing, silent]), 'well', 'a list that fails at IPv6');
  assert.equal(judge([nothing, nothing], [nothing, nothing]), 'broken');
  assert.equal(judge([there, nothing], [there, nothing]), 'broken', 'lists the world');
  assert.equal(judge([there, there], [nothing, there]), 'broken', 'lists the world of IPv6');
  assert.equal(judge([silent, nothing], [nothing, nothing]), 'silent');
  assert.equal(judge([there, nothing], [silent, nothing]), 'silent');
});

type Found = typeof there | typeof nothing | typeof silent;

test('the text of a list becomes one printable line of at most 200 characters', () => {
  assert.equal(
    printableLine('See\r\n250 OK\0\x1b[31m https://x.example/'),
    'See 250 OK [31m https://x.example/',
  );
  assert.equal(printableLine('\u202e\u0000\n'), undefined);
  assert.equal(printableLine('x'.repeat(60_000))?.length, 200);
});
