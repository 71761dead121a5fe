import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContentFacts } from '../facts.ts';
import { ownDomain } from './own-domain.ts';

const check = ownDomain({
  rule: 'refuse',
  isOurs: (domain) => domain === 'one.test' || domain === 'two.test',
  trustedSealers: new Set(),
  budgetMs: 1000,
});

interface Shown {
  readonly from: readonly string[];
  readonly signers?: readonly string[];
  readonly spf?: string;
}

async function actionFor({ from, signers = [], spf }: Shown): Promise<string> {
  const facts = {
    fromDomains: from,
    dkim: async () => signers.map((domain) => ({ result: 'pass', domain })),
    spf: async () => ({ result: spf === undefined ? 'none' : 'pass', domain: spf ?? '' }),
  };
  return (await check.judge(facts as unknown as ContentFacts)).action;
}

test('a domain of ours needs its own signature, or an SPF record that names the client', async () => {
  assert.equal(await actionFor({ from: ['else.test'] }), 'pass');
  assert.equal(await actionFor({ from: ['one.test'] }), 'refuse');
  assert.equal(await actionFor({ from: ['one.test'], signers: ['two.test'] }), 'refuse');
  assert.equal(await actionFor({ from: ['one.test'], signers: ['else.test', 'one.test'] }), 'pass');
  assert.equal(await actionFor({ from: ['one.test'], spf: 'one.test' }), 'pass');
});

test('who may speak for one of our domains does not speak for another in the same From (threat 28)', async () => {
  const from = ['one.test', 'two.test'];
  assert.equal(await actionFor({ from, spf: 'one.test' }), 'refuse');
  assert.equal(await actionFor({ from, spf: 'one.test', signers: ['two.test'] }), 'pass');
});
