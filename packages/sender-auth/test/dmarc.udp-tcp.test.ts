// DMARC with a resolver and a name server: what is found, what cannot be found out, how much is asked.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { createResolver } from '@restante/dns';
import type { Zone } from '@restante/dns';
import { systemClock } from '@restante/runtime';
import { startZoneDns } from '../../../test/kit/zone-dns.ts';
import { createDmarc } from '../src/index.ts';
import type { DmarcAnswer, DmarcQuestion } from '../src/index.ts';

interface Given {
  readonly records?: Readonly<Record<string, string | readonly string[]>>;
  /** Other names of the zone. */
  readonly zone?: Zone;
  readonly failing?: readonly string[];
  readonly from?: string | readonly string[];
  readonly fromProblem?: string;
  /** Domain, or [result, domain]. */
  readonly spf?: string | readonly [DmarcQuestion['spf']['result'], string];
  readonly dkim?: readonly (string | readonly [string, string])[];
}

async function check(given: Given): Promise<DmarcAnswer & { readonly questions: number }> {
  const { records = {}, zone = {}, failing = [], from = 'example.com', spf, dkim = [] } = given;
  const texts = Object.entries(records).map(([name, text]): [string, Zone[string]] => [
    `_dmarc.${name}`,
    { TXT: [text].flat().map((one) => [one.slice(0, 9), one.slice(9)]) },
  ]);
  await using server = await startZoneDns(
    { ...zone, ...Object.fromEntries(texts) },
    { failing: failing.map((name) => (name.startsWith('=') ? name.slice(1) : `_dmarc.${name}`)) },
  );
  await using resolver = createResolver({
    servers: [server.address],
    clock: systemClock,
    timeoutMs: 500,
    retries: 0,
  });
  const [result, domain] =
    typeof spf === 'string' ? (['pass', spf] as const) : (spf ?? ['none', '']);
  const answer = await createDmarc({ resolver, budgetMs: 20_000 }).check({
    fromDomains: [from].flat(),
    ...(given.fromProblem !== undefined && { fromProblem: given.fromProblem }),
    spf: { result, domain },
    dkim: dkim.map((each) =>
      typeof each === 'string'
        ? { result: 'pass', domain: each }
        : { result: each[0], domain: each[1] },
    ),
  });
  return { ...answer, questions: server.questions };
}

const reject = 'v=DMARC1; p=reject; rua=mailto:a@example.com';

test('no record: DMARC has nothing to say (RFC 9989 §4.10.1)', async () => {
  const { result, policy, alignedBy } = await check({ spf: 'example.com' });
  assert.deepEqual([result, policy, alignedBy], ['none', 'none', []]);
});

test('an aligned SPF or DKIM result passes, and both are told (RFC 9989 §5.3.5)', async () => {
  const records = { 'example.com': reject };
  const spf = await check({ records, spf: 'example.com' });
  assert.deepEqual([spf.result, spf.alignedBy, spf.recordAt], ['pass', ['spf'], 'example.com']);
  assert.deepEqual(spf.reportTo, ['mailto:a@example.com']);
  const dkim = await check({ records, dkim: ['other.net', 'Example.COM'] });
  assert.deepEqual([dkim.result, dkim.alignedBy], ['pass', ['dkim']]);
  const both = await check({ records, spf: 'a.example.com', dkim: ['b.example.com'] });
  assert.deepEqual(
    [both.result, both.alignedBy, both.orgDomain],
    ['pass', ['spf', 'dkim'], 'example.com'],
  );
});

test('the usual message costs one question', async () => {
  const records = { 'example.com': reject };
  assert.equal((await check({ records, spf: 'example.com', dkim: ['esp.net'] })).questions, 1);
  assert.equal((await check({ records, spf: 'bounce.net', dkim: ['esp.net'] })).questions, 1);
});

test('nothing aligned fails, with what the domain asks for (RFC 9989 §5.3.5)', async () => {
  const { result, policy, alignedBy } = await check({
    records: { 'example.com': reject },
    spf: 'example.net',
    dkim: ['evilexample.com', ['fail', 'example.com'], ['policy', 'example.com'], 'com'],
  });
  assert.deepEqual([result, policy, alignedBy], ['fail', 'reject', []]);
});

test('strict alignment is the very same name (RFC 9989 §4.4)', async () => {
  const records = { 'example.com': 'v=DMARC1; p=reject; adkim=s; aspf=s' };
  assert.equal(
    (await check({ records, spf: 'a.example.com', dkim: ['a.example.com'] })).result,
    'fail',
  );
  assert.deepEqual((await check({ records, dkim: ['example.com'] })).alignedBy, ['dkim']);
});

test('a subdomain has the policy of its organization, sp= of it, np= where it does not exist (RFC 9989 §4.10.1)', async () => {
  const records = { 'example.com': 'v=DMARC1; p=none; sp=quarantine; np=reject' };
  const zone = {
    'mx.example.com': { MX: [{ priority: 1, exchange: 'a.example' }] },
    'v6.example.com': { AAAA: ['2001:db8::1'] },
    'txt.example.com': { TXT: [['x']] },
  };
  const policyOf = async (from: string) => {
    const answer = await check({ records, zone, from });
    assert.deepEqual(
      [answer.result, answer.recordAt, answer.orgDomain],
      ['fail', 'example.com', 'example.com'],
    );
    return answer.policy;
  };
  assert.equal(await policyOf('mx.example.com'), 'quarantine');
  assert.equal(await policyOf('v6.example.com'), 'quarantine');
  assert.equal(await policyOf('txt.example.com'), 'reject');
  assert.equal(await policyOf('nowhere.example.com'), 'reject');
});

test('whether a name exists and DNS cannot tell: it does', async () => {
  const records = { 'example.com': 'v=DMARC1; p=none; sp=quarantine; np=reject' };
  const failing = ['=a.example.com'];
  assert.equal((await check({ records, failing, from: 'a.example.com' })).policy, 'quarantine');
});

test('customers of a public suffix do not align with each other (threat 30, RFC 9989 §4.10.2)', async () => {
  const records = { 'co.uk': 'v=DMARC1; p=reject; psd=y', 'bank.co.uk': reject };
  const evil = await check({ records, from: 'bank.co.uk', spf: 'evil.co.uk', dkim: ['co.uk'] });
  assert.equal(evil.result, 'fail');
  const own = await check({ records, from: 'mail.bank.co.uk', dkim: ['bank.co.uk'] });
  assert.deepEqual([own.result, own.orgDomain], ['pass', 'bank.co.uk']);
  const nobody = await check({ records, from: 'nobody.co.uk', spf: 'evil.co.uk' });
  assert.deepEqual(
    [nobody.result, nobody.policy, nobody.recordAt, nobody.orgDomain],
    ['fail', 'reject', 'co.uk', 'nobody.co.uk'],
  );
});

test('psd=n parts a department from its organization (RFC 9989 §4.10.2)', async () => {
  const records = { 'example.com': reject, 'lab.example.com': 'v=DMARC1; p=none; psd=n' };
  assert.equal(
    (await check({ records, from: 'lab.example.com', spf: 'example.com' })).result,
    'fail',
  );
  assert.equal(
    (await check({ records, from: 'example.com', spf: 'lab.example.com' })).result,
    'fail',
  );
  assert.equal(
    (await check({ records, from: 'a.lab.example.com', spf: 'lab.example.com' })).result,
    'pass',
  );
});

test('several records at a name are none, other texts do not count (RFC 9989 §4.10)', async () => {
  const two = await check({
    records: { 'example.com': [reject, 'v=DMARC1; p=none'] },
    spf: 'example.com',
  });
  assert.equal(two.result, 'none');
  assert.match(two.problem ?? '', /several/);
  const one = await check({ records: { 'example.com': ['v=spf1 -all', reject, 'hello'] } });
  assert.equal(one.result, 'fail');
});

test('two From domains, none, or a doubtful From are permerror (RFC 9989 §5.3.1, threat 28)', async () => {
  const records = { 'example.com': reject };
  for (const given of [
    { from: ['example.com', 'evil.net'] },
    { from: [] },
    { fromProblem: 'There are several From fields.' },
    { from: 'a..b' },
  ]) {
    const answer = await check({ records, spf: 'example.com', ...given });
    assert.equal(answer.result, 'permerror');
    assert.notEqual(answer.problem, undefined);
    assert.equal(answer.questions, 0);
  }
  assert.equal(
    (await check({ records, from: ['example.com', 'EXAMPLE.com'], spf: 'example.com' })).result,
    'pass',
  );
});

test('a policy that DNS cannot tell is temperror (RFC 9989 §5.3.6)', async () => {
  const own = await check({ failing: ['example.com'], spf: 'example.com' });
  assert.equal(own.result, 'temperror');
  assert.match(own.problem ?? '', /ESERVFAIL/);
  const above = await check({
    records: { 'example.com': reject },
    failing: ['com'],
    from: 'a.example.com',
  });
  assert.equal(above.result, 'temperror');
});

test('what DNS cannot tell and does not matter is no excuse', async () => {
  const records = { 'example.com': reject };
  const failing = ['com'];
  // The same name, or no name at all, needs nothing from above.
  assert.equal((await check({ records, failing, spf: 'example.com' })).result, 'pass');
  assert.equal((await check({ records, failing })).result, 'fail');
  assert.equal((await check({ records, failing, dkim: ['esp.net'] })).result, 'fail');
  // Whether these two belong together nobody can say.
  assert.equal((await check({ records, failing, dkim: ['mail.example.com'] })).result, 'temperror');
});

test('SPF or DKIM that could not be checked is temperror when it might have aligned (RFC 9989 §5.3.6)', async () => {
  const records = { 'example.com': reject };
  assert.equal((await check({ records, spf: ['temperror', 'example.com'] })).result, 'temperror');
  assert.equal(
    (await check({ records, dkim: [['temperror', 'm.example.com']] })).result,
    'temperror',
  );
  assert.equal((await check({ records, spf: ['temperror', 'example.net'] })).result, 'fail');
  assert.equal(
    (await check({ records, spf: ['temperror', 'example.com'], dkim: ['example.com'] })).result,
    'pass',
  );
  assert.equal((await check({ records, spf: ['permerror', 'example.com'] })).result, 'fail');
});

test('a name of a hundred labels costs eight questions (RFC 9989 §4.10)', async () => {
  const from = `${'a.'.repeat(100)}example.com`;
  const answer = await check({ records: { 'example.com': reject }, from, spf: from });
  assert.deepEqual([answer.result, answer.recordAt, answer.questions], ['pass', 'example.com', 8]);
});

test('names that DNS cannot hold align with nothing', async () => {
  const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.example`;
  assert.equal((await check({ from: long, spf: long })).result, 'none');
  const records = { 'example.com': reject };
  const dkim = ['', '.', 'x\u0000.example.com', 'a b.example.com', `${'x'.repeat(64)}.example.com`];
  assert.equal((await check({ records, dkim })).result, 'fail');
});

test('DNS that never answers ends with the budget, and a signal ends it at once', async () => {
  const silent = createSocket('udp4').bind(0, '127.0.0.1');
  await once(silent, 'listening');
  await using resolver = createResolver({
    servers: [`127.0.0.1:${silent.address().port}`],
    clock: systemClock,
    timeoutMs: 20_000,
    retries: 0,
  });
  const question: DmarcQuestion = {
    fromDomains: ['example.com'],
    spf: { result: 'pass', domain: 'example.com' },
    dkim: [],
  };
  const started = performance.now();
  const answer = await createDmarc({ resolver, budgetMs: 100 }).check(question);
  assert.equal(answer.result, 'temperror');
  const patient = createDmarc({ resolver, budgetMs: 60_000 });
  const end = new AbortController();
  const waiting = patient.check(question, end.signal);
  end.abort(new Error('gone'));
  await assert.rejects(waiting, /gone/);
  await assert.rejects(patient.check(question, end.signal), /gone/);
  assert.ok(performance.now() - started < 15_000);
  silent.close();
});

test('the organization of a name can be asked for alone', async () => {
  await using server = await startZoneDns(
    { '_dmarc.example.com': { TXT: [['v=DMARC1; p=none']] } },
    { failing: ['_dmarc.net'] },
  );
  await using resolver = createResolver({ servers: [server.address], clock: systemClock });
  const dmarc = createDmarc({ resolver, budgetMs: 20_000 });
  assert.equal(await dmarc.orgDomainOf('A.b.example.com'), 'example.com');
  assert.equal(await dmarc.orgDomainOf('a.example.org'), 'a.example.org');
  assert.equal(await dmarc.orgDomainOf('a.example.net'), undefined);
  assert.equal(await dmarc.orgDomainOf('..'), undefined);
});
