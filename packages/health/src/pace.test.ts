import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createPaceKeeper } from './pace-keeper.ts';
import { backlogShare, initialPace, nextPace } from './pace.ts';
import type { Pace, PaceSample } from './pace.ts';

const limits = { start: 2, max: 100, latencyMaxMs: 2000 };
const good: PaceSample = { finished: 50, deferred: 0, latencyMs: 5, wasFull: true };

function after(pace: Pace, ...samples: PaceSample[]): Pace {
  return samples.reduce((before, sample) => nextPace(before, sample, limits), pace);
}

test('starts small, doubles while all is well, and stays at the maximum', () => {
  const seen: number[] = [];
  let pace = initialPace(limits);
  for (let window = 0; window < 8; window += 1) {
    seen.push(pace.limit);
    pace = after(pace, good);
  }
  assert.deepEqual(seen, [2, 4, 8, 16, 32, 64, 100, 100]);
});

test('halves when many are deferred, then adds one at a time (AIMD)', () => {
  const fast = after(initialPace(limits), good, good, good, good);
  assert.equal(fast.limit, 32);
  const hurt = after(fast, { ...good, deferred: 20 });
  assert.equal(hurt.limit, 16);
  assert.equal(after(hurt, good, good, good).limit, 19);
});

test('a few deferred, or three times the calm latency, stop the growth without a step back', () => {
  const fast = after(initialPace(limits), { ...good, latencyMs: 40 }, { ...good, latencyMs: 40 });
  assert.equal(after(fast, { ...good, deferred: 2 }).limit, fast.limit);
  assert.equal(after(fast, { ...good, latencyMs: 150 }).limit, fast.limit);
  assert.equal(after(fast, { ...good, latencyMs: 400 }).limit, fast.limit / 2);
});

test('what the peer says of itself counts: slow or not accepting halves', () => {
  const load = { queueDepth: 0, diskFreeBytes: 1e9, acceptLatencyMs: 1, isAccepting: true };
  const fast = after(initialPace(limits), good, good);
  assert.equal(after(fast, { ...good, load }).limit, 16);
  assert.equal(after(fast, { ...good, load: { ...load, acceptLatencyMs: 3000 } }).limit, 4);
  assert.equal(after(fast, { ...good, load: { ...load, isAccepting: false } }).limit, 4);
});

test('good news from places that were not used says nothing about more', () => {
  assert.equal(after(initialPace(limits), { ...good, wasFull: false }).limit, 2);
});

test('whatever happens the limit stays within its bounds, and trouble never raises it', () => {
  const sample = fc.record({
    finished: fc.nat(500),
    deferred: fc.nat(500),
    latencyMs: fc.double({ min: 0, max: 60_000, noNaN: true }),
    wasFull: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(sample), (samples) => {
      let pace = initialPace(limits);
      for (const one of samples) {
        const next = nextPace(pace, one, limits);
        assert.ok(Number.isInteger(next.limit) && next.limit >= 1 && next.limit <= limits.max);
        if (one.finished > 0 && one.deferred / one.finished > 0.2)
          assert.ok(next.limit <= pace.limit);
        if (one.latencyMs > limits.latencyMaxMs) assert.ok(next.limit <= pace.limit);
        assert.ok(next.limit <= Math.max(2 * pace.limit, 1));
        pace = next;
      }
    }),
  );
});

/** A peer that takes `capacity` at once in 10 ms and answers 4xx to what is beyond. */
function drain(capacity: number, messages: number) {
  const keeper = createPaceKeeper(limits);
  let nowMs = 0;
  let deferred = 0;
  const limitsSeen: number[] = [];
  for (let done = 0; done < messages;) {
    const running = keeper.limit;
    nowMs += 10;
    for (let place = 0; place < running; place += 1) {
      const isDeferred = place >= capacity;
      if (isDeferred) deferred += 1;
      keeper.record({ nowMs, latencyMs: 10, deferred: isDeferred, running });
    }
    limitsSeen.push(keeper.limit);
    done += Math.min(running, capacity);
  }
  return { nowMs, deferred, limitsSeen };
}

test('a drain finds what the peer can take, and does not knock it over', () => {
  const { deferred, limitsSeen } = drain(20, 5000);
  const settled = limitsSeen.slice(20);
  assert.ok(Math.max(...settled) <= 32, `peaks at ${Math.max(...settled)}`);
  assert.ok(settled.reduce((sum, limit) => sum + limit, 0) / settled.length > 12);
  assert.ok(deferred / 5000 < 0.1, `${deferred} deferred`);
});

test('a drain into a strong peer is at full speed within a second', () => {
  const { limitsSeen } = drain(1000, 2000);
  assert.ok(limitsSeen.slice(0, 100).includes(100));
});

test('restart() begins small again and tells so', () => {
  const told: number[] = [];
  const keeper = createPaceKeeper(limits, (limit) => void told.push(limit));
  for (let times = 0; times < 100; times += 1)
    keeper.record({ nowMs: times, latencyMs: 5, deferred: false, running: 100 });
  assert.ok(keeper.limit > 8);
  keeper.restart();
  assert.equal(keeper.limit, 2);
  assert.equal(told.at(-1), 2);
});

test('live mail keeps a quarter of the places while some waits', () => {
  assert.equal(backlogShare(100, { isLiveWaiting: true }), 75);
  assert.equal(backlogShare(2, { isLiveWaiting: true }), 1);
  assert.equal(backlogShare(1, { isLiveWaiting: true }), 1);
  assert.equal(backlogShare(100, { isLiveWaiting: false }), 100);
});
