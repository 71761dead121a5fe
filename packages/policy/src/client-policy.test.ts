import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarvestGuard } from './harvest/create-harvest-guard.ts';
import { createClientPolicy, type ClientPolicyOptions } from './client-policy.ts';

function policyAt(startMs: number, changes: Partial<ClientPolicyOptions> = {}) {
  let nowMs = startMs;
  const clock = { now: () => nowMs, monotonicMs: () => nowMs, sleep: async () => undefined };
  const checks: string[] = [];
  const policy = createClientPolicy({
    connectionsPerMinute: 3,
    messagesPerMinute: 5,
    recipientsPerMinute: 100,
    addressesRemembered: 1000,
    harvest: createHarvestGuard({
      unknownMax: 3,
      windowMs: 600_000,
      blockMs: 300_000,
      addressesRemembered: 1000,
      site: 'here',
      clock,
    }),
    trustedNetworks: ['10.0.0.0/8'],
    blockedNetworks: ['203.0.113.0/24', '2001:db8:bad::/48'],
    onEvent: (event) => void (event.name === 'policy.judged' && checks.push(event.check)),
    clock,
    ...changes,
  });
  return { policy, checks, pass: (ms: number) => (nowMs += ms) };
}

test('a client that connects too often is asked to come later, and later is let in (421 4.7.0)', () => {
  const { policy, checks, pass } = policyAt(600_000);
  for (let count = 0; count < 3; count += 1)
    assert.equal(policy.judgeConnection('192.0.2.1'), undefined);
  assert.equal(policy.judgeConnection('192.0.2.1')?.code, 421);
  assert.equal(policy.judgeConnection('192.0.2.2'), undefined);
  pass(120_000);
  assert.equal(policy.judgeConnection('192.0.2.1'), undefined);
  assert.deepEqual(checks, ['rate-of-connections']);
});

test('the addresses of one IPv6 network are one client', () => {
  const { policy } = policyAt(600_000);
  for (let host = 1; host <= 3; host += 1) policy.judgeConnection(`2001:db8:1:2::${host}`);
  assert.equal(policy.judgeConnection('2001:db8:1:2:ffff::9')?.code, 421);
  assert.equal(policy.judgeConnection('2001:db8:1:3::1'), undefined);
});

test('somebody who guesses addresses is sent away for some minutes, nobody else is (R9)', () => {
  const { policy, pass } = policyAt(600_000);
  for (let guess = 0; guess < 3; guess += 1) policy.noteUnknownRecipient('192.0.2.9');
  assert.equal(policy.judgeRecipient('192.0.2.9')?.code, 450);
  assert.match(policy.judgeRecipient('192.0.2.9')?.text ?? '', /5 min/);
  assert.equal(policy.judgeRecipient('192.0.2.8'), undefined);
  pass(300_001);
  assert.equal(policy.judgeRecipient('192.0.2.9'), undefined);
});

test('a blocked network is refused before the greeting, a trusted one is never counted', () => {
  const { policy } = policyAt(600_000);
  assert.equal(policy.judgeConnection('203.0.113.77')?.code, 554);
  assert.equal(policy.judgeConnection('2001:db8:bad::1')?.code, 554);
  for (let count = 0; count < 50; count += 1)
    assert.equal(policy.judgeConnection('10.1.2.3'), undefined);
});

test('a million addresses do not fill the memory', () => {
  const { policy } = policyAt(600_000, { addressesRemembered: 100 });
  for (let count = 0; count < 10_000; count += 1)
    policy.judgeConnection(`198.51.${count % 256}.${Math.trunc(count / 256)}`);
  // The first ones are forgotten: they count as new.
  for (let count = 0; count < 3; count += 1)
    assert.equal(policy.judgeConnection('198.51.0.0'), undefined);
});
