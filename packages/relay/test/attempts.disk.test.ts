// What becomes of a message after an attempt, on a real spool; the next hop says what the test wants.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { smtpReply, type DeliveryOutcome, type Route } from '@restante/mail-model';
import { attemptDue, createRouteGates, liftQuarantine, startRelay } from '../src/index.ts';
import { reconcile } from '../src/reconcile.ts';
import { startTestRelay, storeLetter, type TestRelay } from './relay-for-tests.ts';

const dayMs = 86_400_000;
const signal = new AbortController().signal;
const refused: DeliveryOutcome = {
  kind: 'rejected',
  reply: smtpReply(550, '5.1.1', 'no such user'),
  by: 'mx.us.test',
};

let dir: string;
let relay: TestRelay;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'restante-relay-'));
  relay = await startTestRelay({ dir });
});
afterEach(async () => {
  await relay[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const attempt = async (id: string, route: Route) =>
  attemptDue(relay.parts, { id, route, attemptsBefore: 0 }, signal);
const named = (name: string) => relay.events.filter((event) => event.name === name);

test('mail that an operator held for six days is tried for a while before anybody gives it up', async () => {
  const { id } = await storeLetter(relay, { to: ['ana@us.test'] });
  relay.nowMs += 6 * dayMs;
  const steps: string[] = [];
  for (let tries = 0; tries < 4 && relay.spool.has(id); tries += 1) {
    steps.push((await attempt(id, 'peer:us')).kind);
    relay.nowMs += 3_600_000;
  }
  assert.deepEqual(steps, ['retry', 'retry', 'done']);
  assert.equal(named('message.expired').length, 1);
});

test('our own fault never expires a letter, however old it is', async () => {
  relay.outcome = {
    kind: 'deferred',
    reply: smtpReply(451, '4.3.2', 'stopping'),
    cause: 'our-own-fault',
  };
  const { id } = await storeLetter(relay, { to: ['ana@us.test'] });
  for (let tries = 0; tries < 5; tries += 1) {
    relay.nowMs += 3 * dayMs;
    assert.equal((await attempt(id, 'peer:us')).kind, 'retry');
  }
  assert.ok(relay.spool.has(id));
});

for (const route of ['local', 'peer:us'] as const) {
  const to = route === 'local' ? 'ana@here.test' : 'ana@us.test';
  test(`a stranger's letter refused on ${route} is kept for a person; nobody gets a report (law 4)`, async () => {
    relay.outcome = refused;
    const { id } = await storeLetter(relay, { to: [to] });
    assert.deepEqual(await attempt(id, route), { kind: 'done' });
    const message = await relay.spool.read(id);
    assert.match(
      message?.held ?? '',
      /^quarantine: it was refused for good \(550 5\.1\.1 no such user\)/,
    );
    assert.equal(relay.spool.stats().messages, 1);
  });

  test(`a letter of one of our own people refused on ${route} is reported to him`, async () => {
    relay.outcome = refused;
    const { id } = await storeLetter(relay, { from: 'bo@us.test', to: [to] });
    await attempt(id, route);
    assert.equal(named('message.bounced').length, 1);
    assert.equal(relay.spool.has(id), false);
  });
}

test('what cannot be sent to its home as it is says so to the operator', async () => {
  relay.outcome = {
    kind: 'rejected',
    reply: smtpReply(554, '5.6.3', 'The next server takes no 8-bit mail'),
  };
  const { id } = await storeLetter(relay, { to: ['ana@us.test'] });
  await attempt(id, 'peer:us');
  assert.match(
    (await relay.spool.read(id))?.held ?? '',
    /it cannot be sent to its home as it is \(554 5\.6\.3/,
  );
});

test('a refused recipient is not tried again while another one waits, and is after the operator let it go', async () => {
  const { id } = await storeLetter(relay, { to: ['ana@us.test', 'bo@here.test'] });
  relay.outcome = refused;
  assert.deepEqual(await attempt(id, 'peer:us'), { kind: 'done' }, 'not a matter of time');
  relay.outcome = {
    kind: 'deferred',
    reply: smtpReply(451, '4.3.0', 'later'),
    cause: 'next-hop-asked-to-wait',
  };
  assert.equal((await attempt(id, 'local')).kind, 'retry');
  assert.deepEqual(await attempt(id, 'peer:us'), { kind: 'done' });
  assert.equal((await relay.spool.read(id))?.outcomes.get('ana@us.test')?.attempts, 1);

  relay.outcome = { kind: 'delivered', reply: smtpReply(250, '2.0.0', 'ok'), by: 'mailbox' };
  await attempt(id, 'local');
  await attempt(id, 'peer:us');
  const held = await relay.spool.read(id);
  assert.ok(held?.held !== undefined);
  await liftQuarantine(relay.parts, held);
  await relay.spool.unhold(id);
  await attempt(id, 'peer:us');
  assert.equal(relay.spool.has(id), false, 'delivered');
});

test('a notice of success is not sent to an address that a stranger only wrote down', async () => {
  relay.outcome = { kind: 'delivered', reply: smtpReply(250, '2.0.0', 'ok'), by: 'mailbox' };
  const { id } = await storeLetter(relay, { to: ['ana@here.test'], notify: ['success'] });
  await attempt(id, 'local');
  assert.equal(relay.spool.stats().messages, 0);
});

test('a held domain costs each of its letters one look, not one a minute', async () => {
  await relay.parts.holds.holdDomain('us.test');
  for (let number = 0; number < 5; number += 1) await storeLetter(relay, { to: ['ana@us.test'] });
  await storeLetter(relay, { to: ['ana@also-us.test'] });
  const round = async () =>
    reconcile(relay.parts, { routes: ['peer:us', 'local'], thorough: false });
  assert.equal((await round()).added, 6);
  for (const id of relay.timetable.get('peer:us') ?? [])
    if ((await attempt(id, 'peer:us')).kind === 'done') relay.timetable.get('peer:us')?.delete(id);
  assert.deepEqual(await round(), { added: 0, removed: 0 });

  const released = relay.parts.holds.unholdDomain('us.test');
  relay.parts.keptBack.clear();
  await released;
  assert.equal((await round()).added, 5);
});

test('a disk that takes no report keeps no other mail off the timetable', async () => {
  const left = await storeLetter(relay, { from: 'bo@us.test', to: ['friend@world.test'] });
  await relay.spool.settle(left.id, [{ recipient: 'friend@world.test', outcome: refused }]);
  for (let number = 0; number < 3; number += 1) await storeLetter(relay, { to: ['ana@us.test'] });
  await relay[Symbol.asyncDispose]();

  // The disk is below its floor, Redis was emptied.
  relay = await startTestRelay({ dir, spool: { freeFloorBytes: Number.MAX_SAFE_INTEGER } });
  const routes: readonly Route[] = ['peer:us', 'internet'];
  assert.equal((await reconcile(relay.parts, { routes, thorough: true })).added, 3);
  assert.equal(named('message.unfinished').length, 1);
  assert.ok(relay.spool.has(left.id), 'kept for the next round');
  await relay[Symbol.asyncDispose]();

  relay = await startTestRelay({ dir });
  await reconcile(relay.parts, { routes, thorough: true });
  assert.equal(relay.spool.has(left.id), false);
  assert.equal(named('message.bounced').length, 1);
});

test('a repair that failed is done again, thoroughly, and is not called a Redis that does not answer', async () => {
  let isBroken = true;
  const rounds: string[] = [];
  const worker = {
    quiesce: async () => undefined,
    resume: () => undefined,
    setConcurrency: () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const queue = Object.assign(relay.parts.queue, {
    openRoute: () => undefined,
    work: () => worker,
    onBack: () => undefined,
    repair: async () => {
      rounds.push('thorough');
      if (isBroken) throw new Error('Redis holds something strange');
      return 0;
    },
  });
  let isDirty = false;
  const timetable = {
    ...relay.parts.timetable,
    takeDirty: () => isDirty && !(isDirty = false),
    markDirty: () => void (isDirty = true),
  };
  const parts = { ...relay.parts, queue, timetable };
  const gates = createRouteGates(parts.holds, parts.onEvent);
  await using started = startRelay({
    parts,
    routes: ['local'],
    gates,
    concurrencyOf: () => 1,
    reconcileIntervalMs: 3_600_000,
    retryAfterFaultMs: 1000,
  });
  await assert.rejects(started.reconcileNow());
  isBroken = false;
  await started.reconcileNow({ thorough: false });
  await started.reconcileNow({ thorough: false });
  assert.deepEqual(rounds, ['thorough', 'thorough']);
  assert.deepEqual(named('timetable.lost'), []);
});
