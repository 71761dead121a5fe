import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildChecks, type ChecksOf } from './build-checks.ts';

const senderBudgetMs = 1000;
const contentBudgetMs = 5000;
const checks = buildChecks({
  settings: { senderBudgetMs, contentBudgetMs, trustedSealers: [] },
  scanners: {
    isConfigured: true,
    spamdBudgetMs: 10_000,
    rspamdBudgetMs: 20_000,
    clamdBudgetMs: 60_000,
  },
  ownNames: new Set(),
  isOurs: () => false,
} as unknown as ChecksOf);

function budgetOf(name: string): number {
  const all: readonly { readonly name: string; readonly budgetMs: number }[] = [
    ...checks.senderChecks,
    ...checks.contentChecks,
  ];
  return all.find((check) => check.name === name)?.budgetMs ?? 0;
}

test('a scanner may take all its time: no check gives up before it and lets a virus pass', () => {
  for (const name of ['virus', 'spam-score', 'scanner-down'])
    assert.ok(budgetOf(name) > 60_000, name);
});

test('a signature whose key is slow to come makes nobody give up looking at From', () => {
  // SPF and signatures first, then the questions of DMARC, then the seals.
  for (const name of ['dmarc', 'own-domain'])
    assert.ok(budgetOf(name) > 2 * senderBudgetMs + 2 * contentBudgetMs, name);
});

test('what SPF says at the end of its budget is heard: it is the site that says what "not known" means', () => {
  assert.ok(budgetOf('spf') > senderBudgetMs);
});
