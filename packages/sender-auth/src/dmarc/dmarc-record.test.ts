import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyFor, readDmarcRecord } from './dmarc-record.ts';
import type { DmarcRecord } from './dmarc-record.ts';

function record(text: string): DmarcRecord {
  const read = readDmarcRecord(text);
  assert.equal(read.kind, 'record', text);
  return read.kind === 'record' ? read.record : assert.fail();
}

test('a record has the defaults of what it does not say (RFC 9989 §4.7)', () => {
  assert.deepEqual(record('v=DMARC1; p=reject'), {
    p: 'reject',
    adkim: 'r',
    aspf: 'r',
    isTesting: false,
    psd: 'u',
    rua: [],
    fo: '0',
  });
});

test('every tag is read, in any case and with blanks around (RFC 9989 §4.8)', () => {
  const text =
    ' v = DMARC1 ;\tP = Quarantine ; SP=reject;np=NONE; ADKIM = S; aspf=s; t=Y; psd=N; fo=1:d; rua = mailto:a@x.test , mailto:b@y.test!10m ;';
  assert.deepEqual(record(text), {
    p: 'quarantine',
    sp: 'reject',
    np: 'none',
    adkim: 's',
    aspf: 's',
    isTesting: true,
    psd: 'n',
    rua: ['mailto:a@x.test', 'mailto:b@y.test!10m'],
    fo: '1:d',
  });
});

test('v= comes first and is exactly DMARC1 (RFC 9989 §4.7)', () => {
  for (const text of [
    'p=reject; v=DMARC1',
    'v=dmarc1; p=reject',
    'v=DMARC2; p=reject',
    'v=DMARC1p=reject',
    'v=DMARC1 p=reject',
    'DMARC1; p=reject',
    'v=spf1 -all',
    '',
    ';v=DMARC1',
  ])
    assert.deepEqual(readDmarcRecord(text), { kind: 'other' }, text);
});

test('unknown tags and broken ones are passed over (RFC 9989 §4.7)', () => {
  const read = record(
    'v=DMARC1; p=reject; x=1; ;; nonsense; =y; adkim=q; aspf=; psd=maybe; ri=1; fo=zz',
  );
  assert.deepEqual(
    [read.p, read.adkim, read.aspf, read.psd, read.fo],
    ['reject', 'r', 'r', 'u', '0'],
  );
});

test('without p= the policy is none (RFC 9989 §4.7)', () => {
  assert.equal(record('v=DMARC1').p, 'none');
  assert.equal(record('v=DMARC1; sp=reject').sp, 'reject');
});

test('a wrong p=, sp= or np= counts as p=none where reports are wanted, else nothing applies (RFC 9989 §4.10.1)', () => {
  for (const tags of ['p=rejct', 'p=reject; sp=yes', 'p=reject; np=', 'p=']) {
    const read = record(`v=DMARC1; ${tags}; rua=mailto:a@x.test`);
    assert.deepEqual([read.p, read.sp, read.np], ['none', undefined, undefined], tags);
    assert.equal(readDmarcRecord(`v=DMARC1; ${tags}`).kind, 'unusable', tags);
    assert.equal(readDmarcRecord(`v=DMARC1; ${tags}; rua=nobody`).kind, 'unusable', tags);
  }
});

test('a tag that stands there twice and contradicts itself says nothing (RFC 6376 §3.2)', () => {
  assert.equal(readDmarcRecord('v=DMARC1; p=reject; p=none').kind, 'unusable');
  assert.equal(record('v=DMARC1; p=reject; p=REJECT').p, 'reject');
  assert.equal(record('v=DMARC1; p=reject; adkim=s; adkim=r').adkim, 'r');
});

test('t=y asks for one step less; pct=0 of RFC 7489 means the same, other pct= nothing (RFC 9989 §4.7)', () => {
  const steps = (tags: string) => policyFor(record(`v=DMARC1; ${tags}`), 'domain');
  assert.equal(steps('p=reject; t=y'), 'quarantine');
  assert.equal(steps('p=quarantine; t=y'), 'none');
  assert.equal(steps('p=none; t=y'), 'none');
  assert.equal(steps('p=reject; pct=0'), 'quarantine');
  assert.equal(steps('p=reject; pct=0; t=n'), 'reject');
  assert.equal(steps('p=reject; pct=1'), 'reject');
  assert.equal(steps('p=reject; t=yes'), 'reject');
});

test('sp= is for what is below, np= for what does not exist, each falls back to the next (RFC 9989 §4.10.1)', () => {
  const all = record('v=DMARC1; p=none; sp=quarantine; np=reject');
  assert.equal(policyFor(all, 'domain'), 'none');
  assert.equal(policyFor(all, 'subdomain'), 'quarantine');
  assert.equal(policyFor(all, 'nonexistent'), 'reject');
  const some = record('v=DMARC1; p=none; sp=quarantine');
  assert.equal(policyFor(some, 'nonexistent'), 'quarantine');
  assert.equal(policyFor(record('v=DMARC1; p=reject'), 'nonexistent'), 'reject');
});

test('a record of 64 KiB costs no more than its beginning', () => {
  const started = performance.now();
  for (const part of [';', 'a=b;', 'p=none;', 'rua=mailto:x,', '=', ' '])
    readDmarcRecord(`v=DMARC1;${part.repeat(65_000 / part.length)}`);
  assert.ok(performance.now() - started < 200);
});
