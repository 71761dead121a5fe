import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDmarcRecord } from './dmarc-record.ts';
import { namesToAsk, orgDomainIn, policyIn, walkTree } from './tree-walk.ts';
import type { AskName, AtName } from './tree-walk.ts';

/** Records by name; '?' is what DNS cannot tell. */
function zone(records: Readonly<Record<string, string>>): { ask: AskName; asked: string[] } {
  const asked: string[] = [];
  const ask = async (name: string): Promise<AtName> => {
    asked.push(name);
    const text = records[name];
    if (text === '?') return Promise.resolve({ kind: 'unknown', problem: 'silence' });
    const read = readDmarcRecord(text === undefined ? '' : `v=DMARC1; ${text}`);
    return Promise.resolve(read.kind === 'other' ? { kind: 'none' } : read);
  };
  return { ask, asked };
}

async function orgOf(domain: string, records: Readonly<Record<string, string>>) {
  const org = orgDomainIn(await walkTree(domain, zone(records).ask));
  return org.kind === 'known' ? org.domain : 'unknown';
}

test('a name is asked for, then every name above it (RFC 9989 §4.10)', () => {
  assert.deepEqual(namesToAsk('a.mail.example.com'), [
    'a.mail.example.com',
    'mail.example.com',
    'example.com',
    'com',
  ]);
  assert.deepEqual(namesToAsk('com'), ['com']);
});

test('long names are cut to seven labels: never more than eight questions (RFC 9989 §4.10)', () => {
  assert.deepEqual(namesToAsk('a.b.c.d.e.f.g.h.i.j.mail.example.com'), [
    'a.b.c.d.e.f.g.h.i.j.mail.example.com',
    'g.h.i.j.mail.example.com',
    'h.i.j.mail.example.com',
    'i.j.mail.example.com',
    'j.mail.example.com',
    'mail.example.com',
    'example.com',
    'com',
  ]);
  for (let labels = 1; labels <= 127; labels += 1) {
    const names = namesToAsk(Array.from({ length: labels }, () => 'a').join('.'));
    assert.ok(names.length <= 8 && names.at(-1) === 'a');
    assert.equal(new Set(names).size, names.length);
  }
});

test('the walk ends where a record says what it is (RFC 9989 §4.10 steps 2 and 6)', async () => {
  for (const psd of ['psd=n', 'psd=y']) {
    const { ask, asked } = zone({ 'example.com': `p=none; ${psd}`, com: 'p=reject' });
    await walkTree('mail.example.com', ask);
    assert.deepEqual(asked, ['mail.example.com', 'example.com']);
  }
});

test('the organization is the shortest name with a record (RFC 9989 §4.10.2 rule 3)', async () => {
  const records = { 'mail.example.com': 'p=none', 'example.com': 'p=reject' };
  assert.equal(await orgOf('a.mail.example.com', records), 'example.com');
  assert.equal(await orgOf('example.com', records), 'example.com');
});

test('psd=n makes an organization of its own (RFC 9989 §4.10.2 rule 1)', async () => {
  const records = { 'mail.example.com': 'p=none; psd=n', 'example.com': 'p=reject' };
  assert.equal(await orgOf('a.mail.example.com', records), 'mail.example.com');
});

test('below psd=y the next label is the organization (RFC 9989 §4.10.2 rule 2)', async () => {
  assert.equal(await orgOf('a.mail.example.com', { com: 'p=none; psd=y' }), 'example.com');
  const bank = { 'bank.example': 'p=reject; psd=y' };
  assert.equal(await orgOf('giant.bank.example', bank), 'giant.bank.example');
  assert.equal(await orgOf('bank.example', bank), 'bank.example');
});

test('a public suffix is no organization of its customers (threat 30)', async () => {
  const suffix = { 'co.uk': 'p=reject; psd=y', 'shop.co.uk': 'p=none' };
  assert.equal(await orgOf('mail.shop.co.uk', suffix), 'shop.co.uk');
  assert.equal(await orgOf('evil.co.uk', suffix), 'evil.co.uk');
  // Nothing published above: each is its own.
  assert.equal(await orgOf('a.evil.co.uk', {}), 'a.evil.co.uk');
  assert.equal(await orgOf('evil.co.uk', {}), 'evil.co.uk');
});

test('what could not be asked may be what decides: unknown', async () => {
  assert.equal(await orgOf('a.example.com', { 'example.com': '?' }), 'unknown');
  assert.equal(await orgOf('a.example.com', { 'example.com': 'p=none', com: '?' }), 'unknown');
  // Decided before the question comes up.
  assert.equal(
    await orgOf('a.example.com', { 'a.example.com': 'psd=n', com: '?' }),
    'a.example.com',
  );
});

async function policyOf(domain: string, records: Readonly<Record<string, string>>) {
  const found = policyIn(await walkTree(domain, zone(records).ask));
  return found.kind === 'policy' ? found.at : found.kind;
}

test('the policy is that of the domain, its organization, its public suffix, in this order (RFC 9989 §4.10.1)', async () => {
  const all = { 'a.shop.bank': 'p=none', 'shop.bank': 'p=none', bank: 'p=reject; psd=y' };
  assert.equal(await policyOf('a.shop.bank', all), 'a.shop.bank');
  assert.equal(await policyOf('b.shop.bank', all), 'shop.bank');
  assert.equal(await policyOf('b.other.bank', all), 'bank');
  assert.equal(await policyOf('bank', all), 'bank');
  // What stands between domain and organization is passed over.
  const between = { 'mail.example.com': 'p=none', 'example.com': 'p=reject' };
  assert.equal(await policyOf('a.mail.example.com', between), 'example.com');
  assert.equal(await policyOf('example.net', between), 'none');
});

test('a record that cannot be applied ends DMARC, and nobody else takes its place (RFC 9989 §4.10.1)', async () => {
  const records = { 'a.example.com': 'p=oops', 'example.com': 'p=reject', 'shop.bank': 'p=oops' };
  assert.equal(await policyOf('a.example.com', records), 'none');
  assert.equal(await policyOf('b.example.com', records), 'example.com');
  assert.equal(await policyOf('a.shop.bank', { ...records, bank: 'p=reject; psd=y' }), 'none');
});

test('a policy that could not be asked for is unknown, one that was found needs nothing above', async () => {
  assert.equal(await policyOf('a.example.com', { 'a.example.com': '?' }), 'unknown');
  assert.equal(await policyOf('a.example.com', { 'example.com': '?' }), 'unknown');
  assert.equal(
    await policyOf('a.example.com', { 'a.example.com': 'p=none', com: '?' }),
    'a.example.com',
  );
});
