// SPF records and senders made to hurt: whatever they are, a check ends soon, asks little, says something harmless, and never
// throws (RFC 7208 §11.1). A failing property prints its seed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkIn, policy } from '../../test/zone-resolver.ts';
import { parseSpfRecord } from './parse-spf-record.ts';

// RFC 7208 §4.6.4: the first record, then ten terms; each at most an MX with ten hosts or a PTR with ten names; once the
// client's names for %{p}; and the explanation.
const questionsMax = 1 + 10 * 11 + 11 + 1;

const fragment = fc.constantFrom(
  'a',
  'mx',
  'ptr',
  'all',
  'include:',
  'exists:',
  'redirect=',
  'exp=',
  'ip4:',
  'ip6:',
  'moo=',
  '+',
  '-',
  '~',
  '?',
  ' ',
  ' ',
  'example.test',
  'b.test',
  'c.test',
  'gone.test',
  '192.0.2.0',
  '2001:db8::',
  '/24',
  '//64',
  '/',
  ':',
  '.',
  '%',
  '%{',
  '}',
  '%{d}',
  '%{l-}',
  '%{ir}',
  '%{p}',
  '%{s2r+-}',
  '%{H}',
  '%%',
  '%_',
  '%{d99999999999}',
  '\u0000',
  '\u00e4',
  '\ud800',
  '=',
);
const record = fc.array(fragment, { maxLength: 40 }).map((parts) => `v=spf1 ${parts.join('')}`);
const text = fc.oneof(record, fc.string({ unit: 'binary', maxLength: 200 }));
const node = fc.record(
  {
    TXT: fc.array(fc.array(text, { maxLength: 3 }), { maxLength: 2 }),
    A: fc.array(fc.constantFrom('192.0.2.1', '203.0.113.1', 'garbage'), { maxLength: 20 }),
    AAAA: fc.array(fc.constantFrom('2001:db8::1', '::', 'garbage'), { maxLength: 3 }),
    MX: fc.array(
      fc.record({ priority: fc.nat(9), exchange: fc.constantFrom('b.test', 'gone.test', '', '.') }),
      { maxLength: 12 },
    ),
  },
  { requiredKeys: [] },
);
const zones = fc.record({
  'example.test': node.map((found) => ({ ...found })),
  'b.test': node,
  'c.test': node,
  '1.2.0.192.in-addr.arpa': fc.record({
    PTR: fc.array(fc.constantFrom('b.test', 'c.test', 'x.example.test', '%{d}'), { maxLength: 30 }),
  }),
});
const faults = fc.dictionary(
  fc.constantFrom('b.test', 'c.test A', 'c.test TXT', '1.2.0.192.in-addr.arpa', 'gone.test'),
  fc.constantFrom('ESERVFAIL', 'ETIMEOUT', 'EBADNAME', 'EBADRESP'),
  { maxKeys: 2 },
);
const senders = fc.oneof(
  fc.constantFrom('ana@example.test', '@example.test', '', '%{d}@example.test', 'a@b@example.test'),
  fc.string({ unit: 'binary', maxLength: 60 }).map((local) => `${local}@example.test`),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

test('no record, sender or answer makes a check throw, hang or ask without end (RFC 7208 §4.6.4)', async () => {
  await fc.assert(
    fc.asyncProperty(
      zones,
      text,
      senders,
      fc.string({ unit: 'binary' }),
      faults,
      async (zone, first, sender, helo, trouble) => {
        const answer = await checkIn({
          zone: { ...zone, 'example.test': { ...zone['example.test'], TXT: [[first]] } },
          faults: trouble,
          sender,
          helo,
        });
        assert.ok(answer.asked.length <= questionsMax, `${answer.asked.length} questions`);
        for (const said of [answer.problem, answer.explanation, answer.mechanism])
          assert.match(said ?? '', /^[\x20-\x7e]{0,600}$/, 'one line of ASCII');
      },
    ),
    { numRuns: 1000 },
  );
});

test('what parses once parses again, and reading takes no more than the text is long', () => {
  fc.assert(
    fc.property(text, (each) => {
      const parsed = parseSpfRecord(each);
      assert.deepEqual(parseSpfRecord(each), parsed);
      if (!parsed.ok) assert.match(parsed.problem, /^[\x20-\x7e]{1,300}$/);
    }),
    { numRuns: 2000 },
  );
});

/** CPU, not wall clock: the machine may be busy. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const bombs: Readonly<Record<string, string>> = {
  'a name of macros without end': `v=spf1 exists:${'%{l1r-}%{S}%{h}'.repeat(1000)}.x.test -all`,
  'ten names of macros': `v=spf1 ${Array.from({ length: 10 }, () => `exists:${'%{l-+=}'.repeat(200)}.x.test`).join(' ')} -all`,
  'empty values without end': `v=spf1 exists:${'%{l1-}'.repeat(2600)}.x.test -all`,
  'validated names without end': `v=spf1 exists:${'%{p}.'.repeat(2000)}x.test -all`,
  'terms without end': `v=spf1 ${'ip4:203.0.113.1 '.repeat(1000)}-all`,
  'digits without end': `v=spf1 exists:%{d${'9'.repeat(16_000)}}.test -all`,
  'delimiters without end': `v=spf1 exists:%{d${'-+'.repeat(8000)}}.test -all`,
  'unclosed braces without end': `v=spf1 exists:${'%{'.repeat(8000)} -all`,
  'dots and digits': `v=spf1 a:${'1.'.repeat(8000)} -all`,
  'hyphens at the end': `v=spf1 a:x.${'a-'.repeat(8000)} -all`,
  slashes: `v=spf1 a:x.test${'/'.repeat(16_000)} -all`,
  colons: `v=spf1 ip6:${':'.repeat(16_000)} -all`,
  'half a megabyte': `v=spf1 ${'?include:b.test '.repeat(32_000)}`,
};

for (const [name, bomb] of Object.entries(bombs)) {
  test(`a bomb is a small one: ${name} (RFC 7208 §11.1)`, async () => {
    const sender = `${'a-'.repeat(150)}@example.test`;
    const run = () => checkIn({ zone: policy(bomb), sender, helo: 'x.'.repeat(5000) });
    let asked = 0;
    const tookMs = await cpuMs(async () => {
      asked = (await run()).asked.length;
    });
    assert.ok(asked <= questionsMax);
    assert.ok(tookMs < 200, `${tookMs} ms of CPU`);
  });
}

test('an explanation is one line, however long its macros make it (RFC 7208 §6.2)', async () => {
  const zone = policy('v=spf1 -all exp=why.test', { 'why.test': { TXT: [['%{S}'.repeat(900)]] } });
  const answer = await checkIn({ zone, sender: `${'a'.repeat(300)}@example.test` });
  assert.equal(answer.explanation?.length, 400);
});

test('a silent server ends the check at its deadline with temperror (RFC 7208 §4.6.4)', async () => {
  for (const where of ['example.test', 'b.test', 'why.test']) {
    const answer = await checkIn({
      zone: policy('v=spf1 exp=why.test include:b.test -all', {
        'b.test': { TXT: [['v=spf1 -all']] },
      }),
      faults: { [where]: 'never' },
      options: { budgetMs: 30 },
    });
    // Without its explanation a fail is still a fail (§6.2).
    assert.equal(answer.result, where === 'why.test' ? 'fail' : 'temperror', where);
  }
});
