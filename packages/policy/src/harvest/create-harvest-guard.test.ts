import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarvestGuard, type HarvestGuardOptions } from './create-harvest-guard.ts';
import type { HarvestBlock } from './harvest-guard.ts';

function guarded(options: Partial<HarvestGuardOptions> = {}) {
  let nowMs = 1_800_000_000_000;
  const begun: HarvestBlock[] = [];
  const guard = createHarvestGuard({
    unknownMax: 10,
    networkUnknownMax: 50,
    windowMs: 600_000,
    blockMs: 300_000,
    addressesRemembered: 10_000,
    site: 'us',
    clock: { now: () => nowMs },
    onBlock: (block) => void begun.push(block),
    ...options,
  });
  return {
    guard,
    begun,
    pass: (ms: number) => (nowMs += ms),
    now: () => nowMs,
    judge: (address: string) => guard.judge(address, nowMs),
    note: (address: string) => guard.noteUnknown(address, nowMs),
  };
}

test('a harvest of 10,000 addresses is blocked after the configured count, others are not touched (R9)', () => {
  const { judge, note, begun } = guarded();
  let answered = 0;
  for (let index = 0; index < 10_000; index += 1) {
    if (judge('192.0.2.7') !== undefined) continue;
    answered += 1;
    note('192.0.2.7');
  }
  assert.equal(answered, 10);
  assert.equal(begun.length, 1);
  assert.equal(judge('192.0.2.8'), undefined, 'not even its neighbour');
  assert.match(judge('192.0.2.7')?.text ?? '', /your address; please try again in 5 min/);
});

test('after the block he begins at nothing', () => {
  const { judge, note, pass } = guarded();
  for (let index = 0; index < 10; index += 1) note('192.0.2.7');
  pass(299_999);
  assert.match(judge('192.0.2.7')?.text ?? '', /in 1 min/);
  pass(1);
  assert.equal(judge('192.0.2.7'), undefined);
  for (let index = 0; index < 9; index += 1) note('192.0.2.7');
  assert.equal(judge('192.0.2.7'), undefined);
  note('192.0.2.7');
  assert.equal(judge('192.0.2.7')?.code, 450);
});

test('a network whose addresses take turns is blocked as a whole; one address alone never does that to its network', () => {
  const { judge, note, begun } = guarded();
  for (let index = 0; index < 1000; index += 1) note('192.0.2.7');
  assert.equal(judge('192.0.2.9'), undefined);
  for (let index = 0; index < 45; index += 1) note(`192.0.2.${100 + index}`);
  assert.equal(judge('192.0.2.9')?.code, 450);
  assert.match(judge('192.0.2.9')?.text ?? '', /your network/);
  assert.equal(judge('192.0.3.9'), undefined);
  assert.deepEqual(
    begun.map(({ subject }) => subject),
    ['192.0.2.7', '192.0.2.0/24'],
  );
});

test('an IPv6 customer is one address with his /64, his neighbours a network with the /48', () => {
  const { judge, note } = guarded();
  for (let index = 0; index < 10; index += 1) note(`2001:db8:1:2::${index}`);
  assert.equal(judge('2001:db8:1:2:ffff::1')?.code, 450);
  assert.equal(judge('2001:db8:1:3::1'), undefined);
  for (let index = 0; index < 45; index += 1) note(`2001:db8:1:${(index + 16).toString(16)}::1`);
  assert.equal(judge('2001:db8:1:ffff::1')?.code, 450);
  assert.equal(judge('2001:db8:2:1::1'), undefined);
});

test('what another site says is blocked here too, told to nobody again, and forgotten where the operator let it go', () => {
  const { guard, judge, begun, now, pass } = guarded();
  const told = { subject: '198.51.100.7', untilMs: now() + 300_000, from: 'shanghai' };
  guard.block(told);
  assert.equal(judge('198.51.100.7')?.code, 450);
  assert.deepEqual(begun, []);
  assert.equal(guard.unblock('198.51.100.7'), true);
  pass(30_000);
  guard.block({ ...told, untilMs: told.untilMs + 400 });
  assert.equal(judge('198.51.100.7'), undefined, 'the other site had not heard of it');
  assert.equal(guard.unblock('198.51.100.7'), false);
});

test('a network is let go however it is written', () => {
  const { guard, note, judge } = guarded();
  for (let index = 0; index < 10; index += 1) note('2001:db8::1');
  assert.equal(guard.unblock('2001:DB8:0:0::/64'), true);
  assert.equal(judge('2001:db8::1'), undefined);
});

test('hostile words of another site block nobody', () => {
  const { guard, now } = guarded();
  const untilMs = now() + 300_000;
  for (const subject of ['', 'x', '0.0.0.0/0', '::/0', '192.0.2.1/24/24', 'a'.repeat(1000), '*'])
    guard.block({ subject, untilMs, from: 'shanghai' });
  guard.block({ subject: '192.0.2.1', untilMs: Number.NaN, from: 'shanghai' });
  guard.block({ subject: '192.0.2.2', untilMs: now() - 1, from: 'shanghai' });
  assert.deepEqual(guard.blocks(now()), []);
});

test('memory is bounded: the blocks of longest ago are forgotten first', () => {
  const { guard, note, now } = guarded({ unknownMax: 1, addressesRemembered: 100 });
  for (let index = 0; index < 1000; index += 1) note(`10.${index >> 8}.${index & 255}.1`);
  assert.equal(guard.blocks(now()).length, 100);
  assert.ok(guard.blocks(now()).every(({ subject }) => subject.startsWith('10.3.')));
});
