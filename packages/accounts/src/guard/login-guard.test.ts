import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoginGuard } from './login-guard.ts';
import { MemoryTryCounts } from './memory-try-counts.ts';
import { waitAfter } from './waits.ts';

const rules = {
  household: { free: 3, firstMs: 10_000, maxMs: 60_000 },
  network: { free: 6, firstMs: 10_000, maxMs: 60_000 },
  account: { free: 4, firstMs: 500, maxMs: 4000 },
};

function guarded() {
  let nowMs = 1_700_000_000_000;
  const clock = { now: () => nowMs, monotonicMs: () => nowMs, sleep: async () => undefined };
  const guard = new LoginGuard({ counts: new MemoryTryCounts(clock), rules, clock });
  const attempt = (from: string, name = 'ana@x.test') => ({ from, name });
  return {
    guard,
    pass: (ms: number) => (nowMs += ms),
    look: async (from: string, name?: string) => guard.look(attempt(from, name)),
    fail: async (from: string, name?: string, mark?: string) =>
      guard.failed(attempt(from, name), mark),
    async succeed(from: string, name?: string) {
      const gate = await guard.look(attempt(from, name));
      assert.ok(gate.kind === 'open');
      await guard.succeeded(attempt(from, name), gate);
    },
  };
}

test('the wait begins after the free tries, doubles, and has an end', () => {
  const waits = [0, 2, 3, 4, 5, 6, 1000].map((count) => waitAfter(rules.household, count));
  assert.deepEqual(waits, [0, 0, 10_000, 20_000, 40_000, 60_000, 60_000]);
});

test('a place that guesses waits for that account, longer each time; everybody else does not', async () => {
  const { look, fail, pass } = guarded();
  for (let index = 0; index < 3; index += 1) {
    assert.equal((await look('192.0.2.7')).kind, 'open');
    await fail('192.0.2.7');
  }
  assert.deepEqual(await look('192.0.2.7'), { kind: 'wait', seconds: 10 });
  assert.equal((await look('192.0.2.8')).kind, 'open', 'the owner, elsewhere in the same network');
  assert.equal((await look('192.0.2.7', 'bob@x.test')).kind, 'open', 'another account from there');
  pass(10_000);
  assert.equal((await look('192.0.2.7')).kind, 'open');
  await fail('192.0.2.7');
  assert.deepEqual(await look('192.0.2.7'), { kind: 'wait', seconds: 20 });
  pass(13 * 3_600_000);
  assert.deepEqual(
    await look('192.0.2.7'),
    { kind: 'open', slowMs: 0, hasFailed: false, isFreshlyKnown: false },
    'forgotten',
  );
});

test('the same wrong password again is one try: a forgotten phone locks nobody out', async () => {
  const { look, fail } = guarded();
  for (let index = 0; index < 50; index += 1) await fail('192.0.2.7', 'ana@x.test', 'old-password');
  assert.equal((await look('192.0.2.7')).kind, 'open');
  for (const mark of ['a', 'b']) await fail('192.0.2.7', 'ana@x.test', mark);
  assert.equal((await look('192.0.2.7')).kind, 'wait');
});

test('success forgets what was wrong before', async () => {
  const { look, fail, succeed } = guarded();
  for (let index = 0; index < 2; index += 1) await fail('192.0.2.7');
  await succeed('192.0.2.7');
  for (let index = 0; index < 2; index += 1) await fail('192.0.2.7');
  assert.equal((await look('192.0.2.7')).kind, 'open');
});

test('a network that tries many accounts waits as a whole, but for people who came from there before', async () => {
  const { look, fail, succeed } = guarded();
  await succeed('192.0.2.200');
  for (let index = 0; index < 6; index += 1) await fail(`192.0.2.${index}`, `p${index}@x.test`);
  assert.equal((await look('192.0.2.99', 'new@x.test')).kind, 'wait');
  assert.equal((await look('192.0.2.99')).kind, 'open', 'ana has been in from this network');
  assert.equal((await look('198.51.100.1', 'new@x.test')).kind, 'open');
});

test('an account that many places guess at gets slow for places it does not know, and refuses nobody', async () => {
  const { look, fail, succeed } = guarded();
  await succeed('203.0.113.5');
  for (let index = 0; index < 6; index += 1) await fail(`10.0.${index}.1`);
  const stranger = await look('198.51.100.1');
  assert.ok(stranger.kind === 'open' && stranger.slowMs === 2000);
  const owner = await look('203.0.113.77');
  assert.ok(owner.kind === 'open' && owner.slowMs === 0);
});

test('a clock that is set back makes no wait longer', async () => {
  const { look, fail, pass } = guarded();
  for (let index = 0; index < 3; index += 1) await fail('192.0.2.7');
  pass(-3_600_000);
  assert.deepEqual(await look('192.0.2.7'), { kind: 'wait', seconds: 10 });
});
