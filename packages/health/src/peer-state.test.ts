import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  cleanNeeded,
  defaultThresholds,
  initialPeerState,
  mayDeliver,
  nextPeerState,
} from './peer-state.ts';
import type { PeerState } from './peer-state.ts';

const intervalMs = 5000;

/** Plays probes ("+" clean, "-" failed) and gives the states after each. */
function play(probes: string, from: PeerState = initialPeerState(0), startMs = 0) {
  let state = from;
  let atMs = startMs;
  const names: string[] = [];
  for (const probe of probes) {
    atMs += intervalMs;
    state = nextPeerState(state, { ok: probe === '+', atMs });
    names.push(state.name);
  }
  return { state, names, atMs };
}

const up = play('+++').state;

test('after a start the first clean probe lets mail flow, and two more make the peer up', () => {
  assert.equal(initialPeerState(0).name, 'down');
  assert.deepEqual(play('+++').names, ['recovering', 'recovering', 'up']);
  assert.deepEqual(
    play('-++').names,
    ['down', 'down', 'recovering'],
    'but a failed first probe needs two clean ones',
  );
  assert.equal(play('---').state.downAtMs.length, 0, 'not to be known is no outage');
});

test('two failures make it suspect, three more down, two clean recovering, two more up (design §4.4)', () => {
  assert.deepEqual(play('-----', up).names, ['up', 'suspect', 'suspect', 'suspect', 'down']);
  assert.deepEqual(play('-----++++', up).names.slice(5), [
    'down',
    'recovering',
    'recovering',
    'up',
  ]);
});

test('one lost probe and one lucky probe change nothing that matters', () => {
  assert.deepEqual(
    play('-+-+-+-+', up).names,
    Array.from({ length: 8 }, () => 'up'),
  );
  const suspect = play('--', up).state;
  assert.deepEqual(
    play('+-+-', suspect).names,
    Array.from({ length: 4 }, () => 'suspect'),
  );
  const down = play('-----', up).state;
  assert.deepEqual(
    play('+-+-+-', down).names,
    Array.from({ length: 6 }, () => 'down'),
  );
  const recovering = play('++', down).state;
  assert.deepEqual(play('-+', recovering).names, ['recovering', 'recovering']);
});

test('a flapping peer must be clean for longer each time, up to the limit, and is forgiven after an hour', () => {
  let state = up;
  let atMs = 0;
  const needed: number[] = [];
  for (let flap = 0; flap < 8; flap += 1) {
    ({ state, atMs } = play('-----', state, atMs));
    assert.equal(state.name, 'down');
    const clean = cleanNeeded(state, defaultThresholds);
    needed.push(clean);
    const almost = play('+'.repeat(clean - 1), state, atMs);
    assert.equal(almost.state.name, 'down');
    ({ state, atMs } = play('+++', almost.state, almost.atMs));
    assert.equal(state.name, 'up');
  }
  assert.deepEqual(needed, [2, 2, 4, 8, 16, 24, 24, 24]);

  const calm = nextPeerState(state, { ok: true, atMs: atMs + 3_600_000 });
  assert.deepEqual(calm.downAtMs, []);
});

test('whatever the probes say: down needs at least two failures before it, up at least two clean probes', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (probes) => {
      let state = up;
      let atMs = 0;
      probes.forEach((ok, index) => {
        const before = state;
        atMs += intervalMs;
        state = nextPeerState(state, { ok, atMs });
        if (state.name === before.name) return;
        const lastTwo = [probes[index - 1], probes[index]];
        if (state.name === 'down') assert.deepEqual(lastTwo, [false, false]);
        if (state.name === 'up') assert.deepEqual(lastTwo, [true, true]);
        assert.ok(state.name !== 'up' || before.name !== 'down', 'never from down to up at once');
        assert.equal(state.sinceMs, atMs);
        assert.equal(mayDeliver(state.name), state.name !== 'down');
      });
    }),
  );
});
