import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockListsSection, listsOf } from './config.ts';
import { parseListLine } from './list-line.ts';

test('a zone and its points are enough', () => {
  assert.deepEqual(parseListLine(' BL.Example.  3 ', 'address'), {
    ok: true,
    value: { zone: 'bl.example', kind: 'address', points: 3, codes: [] },
  });
});

test('codes may be one, several, whole octets, with points and a meaning of their own', () => {
  const parsed = parseListLine(
    'bl.example -2.5 127.0.0.2 127.0.0.4-7=6:open-relay 127.0.*.1-3=-4 127.0.0.8-127.0.0.9',
    'address',
  );
  assert.deepEqual(parsed.ok && parsed.value.codes, [
    { from: '127.0.0.2', to: '127.0.0.2' },
    { from: '127.0.0.4', to: '127.0.0.7', points: 6, meaning: 'open relay' },
    { from: '127.0.0.1', to: '127.0.255.3', points: -4 },
    { from: '127.0.0.8', to: '127.0.0.9' },
  ]);
});

test('a test entry of its own is kept', () => {
  const parsed = parseListLine('dbl.example 5 test=dbltest.example', 'domain');
  assert.equal(parsed.ok && parsed.value.testPoint, 'dbltest.example');
});

test('what is no line says which part is wrong', () => {
  for (const [line, part] of [
    ['bl 3', '"bl" is no zone'],
    ['bl.example', '"" is no number'],
    ['bl.example lots', '"lots" is no number'],
    ['bl.example 9999', '"9999" is no number'],
    ['bl.example 3 10.0.0.2', '"10.0.0.2" is no answer'],
    ['bl.example 3 127.0.0.9-2', '"127.0.0.9-2" is no answer'],
    ['bl.example 3 127.0.0.300', '"127.0.0.300" is no answer'],
    ['bl.example 3 127.0.0.2=x', '"127.0.0.2=x" is no answer'],
    ['bl.example 3 test=', '"" is no test entry'],
  ] as const) {
    const parsed = parseListLine(line, 'address');
    assert.ok(!parsed.ok && parsed.problem.includes(part), line);
  }
});

const values = { privateAddresses: false, budgetMs: 1, healthEveryMs: 1 };
const complaint = (addressLists: readonly string[]) =>
  blockListsSection.checks
    .map((check) => check({ ...values, addressLists }))
    .find((found) => found !== undefined)?.problem;

test('the lists of the example file are right, and none is on by itself', () => {
  const { addressLists, domainLists } = blockListsSection.fields;
  const shown = [addressLists, domainLists].map(
    ({ exampleToml }) => JSON.parse(exampleToml) as readonly string[],
  );
  for (const lines of shown) assert.equal(complaint(lines), undefined);
  assert.deepEqual(
    shown.map(({ length }) => length),
    [4, 1],
  );
  assert.deepEqual(listsOf({}), []);
  assert.equal(listsOf({ addressLists: shown[0] ?? [] }).length, 4);
});

test('a list of former days is refused with its fate', () => {
  assert.match(complaint(['relays.ordb.org 3']) ?? '', /ended in December 2006/);
  assert.match(complaint(['safe.dnsbl.sorbs.net 3']) ?? '', /5 June 2024/);
  assert.match(complaint(['cblplus.anti-spam.org.cn 3']) ?? '', /not published any more/);
});

test('a list named twice and a line that is none are refused', () => {
  assert.match(complaint(['bl.example 1', 'BL.example 2']) ?? '', /bl\.example twice/);
  assert.match(complaint(['bl.example many']) ?? '', /no number of points/);
});
