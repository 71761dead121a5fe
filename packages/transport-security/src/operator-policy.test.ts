import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOperatorPolicies } from './operator-policy.ts';

test('the nearest entry holds: the domain itself, then what is above it', () => {
  const { policyOf } = readOperatorPolicies([
    'old.example none',
    '.gov.example required',
    '.tax.gov.example verify mx.tax.example',
    'Bank.example Verify',
  ]);
  assert.equal(policyOf('old.example')?.mode, 'none');
  assert.equal(policyOf('new.old.example'), undefined);
  assert.deepEqual(policyOf('city.gov.example'), { mode: 'required', verify: false });
  assert.equal(policyOf('gov.example'), undefined);
  assert.equal(typeof policyOf('a.tax.gov.example')?.judgePeer, 'function');
  assert.equal(policyOf('bank.example')?.mode, 'required');
});

test('who showed nothing that is trusted is not whom "verify" wants', () => {
  const { policyOf } = readOperatorPolicies(['bank.example verify']);
  const refusal = policyOf('bank.example')?.judgePeer?.({ chain: [], isTrusted: true });
  assert.match(refusal?.message ?? '', /does not chain to a root/);
});
