// Records and alignment as Debian's libopendmarc sees them. It follows RFC 7489, so records are those that mean the same in both RFCs, and
// the organizational domain is told to it instead of being looked up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DnsError } from '@restante/dns';
import fc from 'fast-check';
import { createDmarc, readDmarcRecord } from '../src/index.ts';
import { askPython, pythonMissing } from './ask-python.ts';
import { zoneResolver } from './zone-resolver.ts';

const skip = pythonMissing("import ctypes; ctypes.CDLL('libopendmarc.so.2')", 'libopendmarc');

interface Opinion {
  readonly isRecord: boolean;
  readonly p?: string;
  readonly sp?: string | null;
  readonly adkim?: string;
  readonly aspf?: string;
  readonly outcome?: string;
  readonly alignedBy?: readonly string[];
}

const blank = fc.constantFrom('', ' ', '\t');
const tag = (name: string, ...values: readonly string[]) =>
  fc
    .tuple(blank, blank, blank, fc.constantFrom(...values), fc.boolean())
    .map(
      ([a, b, c, value, isLoud]) => `${a}${name}${b}=${c}${isLoud ? value.toUpperCase() : value}`,
    );
const record = fc
  .tuple(
    tag('p', 'none', 'quarantine', 'reject'),
    fc.shuffledSubarray([
      'sp=none',
      'sp = reject',
      'adkim=s',
      'aspf=s',
      'ADKIM=r',
      'rua=mailto:a@x.test',
      'pct=100',
      'fo=1',
      'unknown=x',
    ]),
    fc.constantFrom('; ', ';', ' ;'),
    fc.constantFrom('', ';', '; '),
  )
  .filter(
    ([, rest]) => new Set(rest.map((each) => each.slice(0, 2).toLowerCase())).size === rest.length,
  )
  .map(([p, rest, between, end]) => ['v=DMARC1', p, ...rest].join(between) + end);

test('records are read as libopendmarc reads them (RFC 9989 §4.7)', { skip }, () => {
  const seed = Math.trunc(Math.random() * 1e9);
  const records = fc.sample(record, { numRuns: 2000, seed });
  const question = { from: 'x.test', org: 'x.test', spf: '', dkim: [] };
  const theirs = askPython(
    'opendmarc-driver.py',
    records.map((text) => ({ ...question, record: text })),
  ) as readonly Opinion[];
  for (const [index, text] of records.entries()) {
    const read = readDmarcRecord(text);
    const about = `seed ${seed}: ${text}`;
    assert.equal(read.kind, 'record', about);
    if (read.kind !== 'record') continue;
    const { p, sp = null, adkim, aspf } = read.record;
    const opinion = theirs[index] ?? assert.fail(about);
    assert.deepEqual(
      { isRecord: true, p, sp, adkim, aspf },
      {
        isRecord: opinion.isRecord,
        p: opinion.p,
        sp: opinion.sp,
        adkim: opinion.adkim,
        aspf: opinion.aspf,
      },
      about,
    );
  }
});

const domains = ['example.com', 'a.example.com', 'b.example.com', 'c.a.example.com', 'example.net'];

test(
  'outcomes are those of libopendmarc, told the same organization (RFC 9989 §4.4, §4.10.1)',
  { skip },
  async () => {
    const cases = domains
      .filter((from) => from.endsWith('.com'))
      .flatMap((from) =>
        ['p=reject', 'p=quarantine; sp=none', 'p=none; sp=reject'].flatMap((policy) =>
          ['', ...domains].flatMap((spf) =>
            [[], ...domains.map((domain) => [domain])].map((dkim) => ({ from, policy, spf, dkim })),
          ),
        ),
      );
    const theirs = askPython(
      'opendmarc-driver.py',
      cases.map(({ policy, ...each }) => ({
        ...each,
        record: `v=DMARC1; ${policy}`,
        // It wants none where the record is that of the domain itself.
        org: each.from === 'example.com' ? '' : 'example.com',
      })),
    ) as readonly Opinion[];
    for (const [index, { from, policy, spf, dkim }] of cases.entries()) {
      // The record stands at the organization alone; every name exists.
      const resolver = zoneResolver({ '_dmarc.example.com': { TXT: [[`v=DMARC1; ${policy}`]] } });
      const answer = await createDmarc({ resolver, budgetMs: 1000 }).check({
        fromDomains: [from],
        spf: { result: spf === '' ? 'none' : 'pass', domain: spf },
        dkim: dkim.map((domain) => ({ result: 'pass', domain })),
      });
      const opinion = theirs[index] ?? assert.fail();
      const about = JSON.stringify(cases[index]);
      assert.deepEqual([...answer.alignedBy].sort(), [...(opinion.alignedBy ?? [])].sort(), about);
      const outcome =
        answer.result === 'fail' ? answer.policy.replace('none', 'none-asked') : 'pass';
      assert.equal(outcome, opinion.outcome, about);
    }
  },
);

test('the resolver of these tests says what the real one says', async () => {
  await assert.rejects(zoneResolver({}).resolve('x.test', 'TXT'), DnsError);
});
