import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSnapshot, type SnapshotInput } from './build-snapshot.ts';
import { createListOf } from './list-of-snapshot.ts';
import { parseSnapshot } from './snapshot-schema.ts';

const input: SnapshotInput = {
  site: 'shanghai',
  epoch: 'e1',
  version: 7,
  madeAtMs: 1,
  domains: [
    { name: 'x.test', tagSeparator: '+', isCaseSensitive: false, messageMaxBytes: 1000 },
    { name: 'case.test', tagSeparator: '', isCaseSensitive: true },
    { name: 'dash.test', tagSeparator: '-', isCaseSensitive: false },
    { name: 'all.test', tagSeparator: '+', isCaseSensitive: false },
  ],
  accounts: [
    { address: 'ana@x.test', state: 'active' },
    { address: 'full@x.test', state: 'active', isFull: true },
    { address: 'gone@x.test', state: 'suspended', isFull: true },
    { address: 'both@x.test', state: 'suspended' },
    { address: '"a b"@x.test', state: 'active' },
    { address: '\u00e4pfel@x.test', state: 'active' },
    { address: 'Ana@case.test', state: 'active' },
    { address: 'postmaster@case.test', state: 'active' },
    { address: 'mary-ann@dash.test', state: 'active' },
    { address: 'closed@all.test', state: 'suspended' },
    { address: 'stranger@elsewhere.test', state: 'active' },
    { address: 'raw@x.test', state: 'active', filtering: 'off' },
    { address: 'rawfull@x.test', state: 'active', isFull: true, filtering: 'off' },
  ],
  aliases: [
    { address: 'team@x.test' },
    { address: 'both@x.test' },
    { address: 'abuse@x.test', filtering: 'off' },
  ],
  catchAlls: new Map([['all.test', 'ana@x.test']]),
};
const snapshot = buildSnapshot(input);
const list = createListOf(snapshot);
const known = { kind: 'known', messageMaxBytes: 1000 };

for (const [address, answer] of [
  ['ana@x.test', known],
  ['ANA@X.TEST', known],
  ['"ana"@x.test', known],
  ['ana+news@x.test', known],
  ['Ana+a+b@x.test', known],
  ['"a b"@x.test', known],
  ['A\u0308pfel@x.test', known],
  ['team@x.test', known],
  ['both@x.test', known],
  ['raw@x.test', { ...known, filtering: 'off' }],
  ['RAW+tag@x.test', { ...known, filtering: 'off' }],
  ['rawfull@x.test', { kind: 'full' }],
  ['abuse@x.test', { ...known, filtering: 'off' }],
  ['full+x@x.test', { kind: 'full' }],
  ['gone@x.test', { kind: 'suspended' }],
  ['eve@x.test', { kind: 'unknown' }],
  ['+ana@x.test', { kind: 'unknown' }],
  ['ana-news@x.test', { kind: 'unknown' }],
  ['@x.test', { kind: 'unknown' }],
  ['Ana@case.test', { kind: 'known' }],
  ['ana@case.test', { kind: 'unknown' }],
  ['Ana+x@case.test', { kind: 'unknown' }],
  ['POSTMASTER@case.test', { kind: 'known' }],
  ['mary-ann-x@dash.test', { kind: 'known' }],
  ['mary-x@dash.test', { kind: 'unknown' }],
  ['anybody@all.test', { kind: 'known' }],
  ['closed@all.test', { kind: 'suspended' }],
  ['@all.test', { kind: 'unknown' }],
  ['stranger@elsewhere.test', { kind: 'no-list' }],
  ['ana@sub.x.test', { kind: 'no-list' }],
  ['ana', { kind: 'no-list' }],
  ['', { kind: 'no-list' }],
  ['__proto__@x.test', { kind: 'unknown' }],
  ['ana@__proto__', { kind: 'no-list' }],
] as const) {
  test(`${address} is ${answer.kind} (law 4)`, () =>
    assert.deepEqual(list.lookup(address), answer));
}

test('without a snapshot there is no list for anybody', () => {
  assert.deepEqual(createListOf(undefined).lookup('ana@x.test'), { kind: 'no-list' });
});

test('other rules are another epoch: a domain that is added reaches the mirror though nobody was', () => {
  const again = buildSnapshot({ ...input, madeAtMs: 2 });
  assert.equal(again.epoch, snapshot.epoch);
  const more = { name: 'new.test', tagSeparator: '+', isCaseSensitive: false };
  assert.notEqual(
    buildSnapshot({ ...input, domains: [...input.domains, more] }).epoch,
    snapshot.epoch,
  );
});

test('what is built passes the check it meets on the other side', () => {
  assert.deepEqual(parseSnapshot(JSON.parse(JSON.stringify(snapshot))), {
    ok: true,
    value: snapshot,
  });
});

test('what comes from outside is refused with the place that is wrong', () => {
  for (const [broken, place] of [
    [null, ''],
    [{ ...snapshot, version: -1 }, 'version'],
    [{ ...snapshot, extra: 1 }, ''],
    [
      {
        ...snapshot,
        domains: [{ ...snapshot.domains[0], entries: [{ local: 'a', state: 'dead' }] }],
      },
      'domains.0.entries.0.state',
    ],
    [{ ...snapshot, domains: [{ ...snapshot.domains[0], name: '../x' }] }, 'domains.0.name'],
    [
      { ...snapshot, domains: [{ ...snapshot.domains[0], tagSeparator: '++' }] },
      'domains.0.tagSeparator',
    ],
  ] as const) {
    const parsed = parseSnapshot(broken);
    assert.ok(!parsed.ok && parsed.problem.startsWith(`${place}:`), JSON.stringify(parsed));
  }
});

test('100,000 people: built in 300 ms, in less than 60 MB', () => {
  const domains = ['a.test', 'b.test'].map((name) => ({
    name,
    tagSeparator: '+',
    isCaseSensitive: false,
    entries: Array.from({ length: 50_000 }, (_, index) => ({
      local: `person.number${index}`,
      state: 'active' as const,
    })),
  }));
  const before = process.memoryUsage();
  const startMs = performance.now();
  const large = createListOf({ ...snapshot, domains });
  const tookMs = performance.now() - startMs;
  const after = process.memoryUsage();
  assert.equal(large.lookup('Person.Number49999+x@b.test').kind, 'known');
  assert.ok(tookMs < 300, `${tookMs} ms`);
  assert.ok(after.heapUsed - before.heapUsed < 60e6, `${after.heapUsed - before.heapUsed} bytes`);
});
