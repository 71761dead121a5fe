import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RestanteEvent } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import type { ProbeResult } from './peer-health.ts';
import { watchPeer } from './watch-peer.ts';

const clean: ProbeResult = { ok: true, durationMs: 3 };
const dead: ProbeResult = { ok: false, durationMs: 3, stage: 'greeting', problem: 'no greeting' };

/** A clock that stands until the test lets the sleeper's time pass. */
function handClock() {
  let nowMs = 1_000_000;
  let sleeper: { readonly delayMs: number; readonly wake: () => void } | undefined;
  const clock: Clock = {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    sleep(delayMs, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      sleeper = { delayMs, wake: resolve };
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      if (signal?.aborted === true) reject(signal.reason as Error);
      return promise;
    },
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    clock,
    settle,
    /** Lets the pause between two probes pass; gives its length. */
    async passPause(): Promise<number> {
      await settle();
      assert.ok(sleeper, 'nobody sleeps');
      const { delayMs, wake } = sleeper;
      sleeper = undefined;
      nowMs += delayMs;
      wake();
      await settle();
      return delayMs;
    },
    advance(ms: number) {
      nowMs += ms;
    },
  };
}

function watch(answers: ProbeResult[]) {
  const hand = handClock();
  const events: RestanteEvent[] = [];
  const changes: string[] = [];
  let probes = 0;
  const peer = watchPeer({
    peer: 'us',
    probe: async () => {
      probes += 1;
      return answers.shift() ?? clean;
    },
    probeIntervalMs: 5000,
    probeJitter: 0.1,
    random: () => 0.5,
    onEvent: (event) => void events.push(event),
    clock: hand.clock,
  });
  peer.onChange((health, from) => void changes.push(`${from}>${health.state}`));
  return { ...hand, peer, events, changes, probes: () => probes };
}

test('the first probe runs at once, and a healthy peer gets mail with it', async () => {
  const { peer, settle, changes, events } = watch([]);
  assert.equal(peer.current.state, 'down');
  await settle();
  assert.equal(peer.current.state, 'recovering');
  assert.deepEqual(changes, ['down>recovering']);
  assert.deepEqual(
    events.map(({ name }) => name),
    ['peer.probed', 'peer.changed'],
  );
  await peer[Symbol.asyncDispose]();
});

test('an outage is seen in five probes, its end in two, and the second comes within a second', async () => {
  const { peer, passPause, changes } = watch([
    clean,
    clean,
    clean,
    dead,
    dead,
    dead,
    dead,
    dead,
    dead,
    clean,
    clean,
  ]);
  const pauses: number[] = [];
  while (changes.length < 5) pauses.push(await passPause());
  assert.deepEqual(changes, [
    'down>recovering',
    'recovering>up',
    'up>suspect',
    'suspect>down',
    'down>recovering',
  ]);
  assert.equal(peer.current.flaps, 1);
  assert.equal(pauses.at(-1), 1000, 'the confirming probe hurries');
  assert.equal(pauses.at(-2), 5000);
  await peer[Symbol.asyncDispose]();
});

test('what deliveries report brings the next probe forward and changes nothing by itself', async () => {
  const { peer, passPause, settle, advance, changes, probes } = watch([
    clean,
    clean,
    clean,
    clean,
    dead,
    dead,
  ]);
  while (peer.current.state !== 'up') await passPause();
  const before = probes();
  peer.reportSuccess();
  await settle();
  assert.equal(probes(), before, 'good news about a peer that is up is no news');

  advance(1200);
  peer.reportFailure();
  await settle();
  assert.equal(probes(), before + 1);
  assert.equal(peer.current.state, 'up', 'the probe was clean');
  for (let times = 0; times < 100; times += 1) peer.reportFailure();
  await settle();
  assert.equal(probes(), before + 1, 'not more often than every second');
  advance(1200);
  peer.reportFailure();
  await settle();
  assert.equal(probes(), before + 2);
  assert.equal(changes.at(-1), 'recovering>up');
  await peer[Symbol.asyncDispose]();
});

test('probeNow joins the running probe and gives what is known after it', async () => {
  const { peer, probes } = watch([clean]);
  const [one, two] = await Promise.all([peer.probeNow(), peer.probeNow()]);
  assert.equal(probes(), 1);
  assert.equal(one.state, 'recovering');
  assert.deepEqual(one.lastProbe, clean);
  assert.deepEqual(two, one);
  await peer[Symbol.asyncDispose]();
});

test('after dispose nothing is probed and nobody is called', async () => {
  const { peer, settle, changes, probes } = watch([clean]);
  await settle();
  const seen = changes.length;
  await peer[Symbol.asyncDispose]();
  const before = probes();
  peer.reportFailure();
  await settle();
  assert.equal(probes(), before);
  assert.equal(changes.length, seen);
});
