// Decides whether a peer is up, suspect, down or recovering.
//
// Promise: one lost probe never changes the answer to "down", and one lucky probe never to "up".
// Pure: what a probe found and the time come in, the next state goes out. Acting on it is the node's job.
//
//   state        mail            leaves it
//   up           flows           2 failures in a row              -> suspect
//   suspect      flows           3 more in a row                  -> down        2 clean in a row -> up
//   down         is held         2 clean in a row (n if damped)   -> recovering
//   recovering   flows, paced    2 clean in a row                 -> up          2 failures in a row -> down
//
// At start nothing is known. That is "down" with one clean probe missing: mail is held for the milliseconds of the first
// probe instead of being thrown at a home that may be away, and flows right after it. It counts as no outage (`flaps`).
//
// A peer that goes down again and again (it flaps) must be clean for longer each time, up to a limit; otherwise each
// of its short lives would be spent on starting to drain.
import type { PeerStateName } from './peer-health.ts';

/** Counts of probes in a row; names as in the section [health]. */
export interface PeerThresholds {
  readonly failuresUntilSuspect: number;
  /** Further failures, from suspect on. */
  readonly failuresUntilDown: number;
  readonly cleanUntilRecovering: number;
  /** Having gone down this often within the hour, a peer is damped. */
  readonly flapsUntilDamped: number;
  readonly cleanWhenDampedMax: number;
}

export const defaultThresholds: PeerThresholds = {
  failuresUntilSuspect: 2,
  failuresUntilDown: 3,
  cleanUntilRecovering: 2,
  flapsUntilDamped: 3,
  cleanWhenDampedMax: 24,
};

export interface PeerState {
  readonly name: PeerStateName;
  readonly sinceMs: number;
  /** In a row, up to now. One of the two is always 0. */
  readonly failures: number;
  readonly clean: number;
  /** When it went down, within the last hour. */
  readonly downAtMs: readonly number[];
}

export interface Observation {
  readonly ok: boolean;
  readonly atMs: number;
}

const hourMs = 3_600_000;

export function initialPeerState(
  atMs: number,
  thresholds: PeerThresholds = defaultThresholds,
): PeerState {
  return {
    name: 'down',
    sinceMs: atMs,
    failures: 0,
    clean: thresholds.cleanUntilRecovering - 1,
    downAtMs: [],
  };
}

export function nextPeerState(
  before: PeerState,
  observation: Observation,
  thresholds: PeerThresholds = defaultThresholds,
): PeerState {
  const { ok, atMs } = observation;
  const counted: PeerState = {
    ...before,
    failures: ok ? 0 : before.failures + 1,
    clean: ok ? before.clean + 1 : 0,
    downAtMs: before.downAtMs.filter((downMs) => atMs - downMs < hourMs),
  };
  const name = nextName(counted, thresholds);
  if (name === before.name) return counted;

  const entered: PeerState = { ...counted, name, sinceMs: atMs, failures: 0, clean: 0 };
  return name === 'down' ? { ...entered, downAtMs: [...counted.downAtMs, atMs] } : entered;
}

function nextName(state: PeerState, thresholds: PeerThresholds): PeerStateName {
  const { name, failures, clean } = state;
  switch (name) {
    case 'up':
      return failures >= thresholds.failuresUntilSuspect ? 'suspect' : 'up';
    case 'suspect':
      if (failures >= thresholds.failuresUntilDown) return 'down';
      return clean >= thresholds.cleanUntilRecovering ? 'up' : 'suspect';
    case 'down':
      return clean >= cleanNeeded(state, thresholds) ? 'recovering' : 'down';
    case 'recovering':
      if (failures >= thresholds.failuresUntilSuspect) return 'down';
      return clean >= thresholds.cleanUntilRecovering ? 'up' : 'recovering';
  }
}

/** Clean probes in a row that a peer which is down must show: doubled by every flap beyond the tolerated ones. */
export function cleanNeeded({ downAtMs }: PeerState, thresholds: PeerThresholds): number {
  const beyond = downAtMs.length - thresholds.flapsUntilDamped + 1;
  if (beyond <= 0) return thresholds.cleanUntilRecovering;
  return Math.min(
    thresholds.cleanUntilRecovering * 2 ** Math.min(beyond, 30),
    thresholds.cleanWhenDampedMax,
  );
}

/** True while mail goes to the peer. */
export function mayDeliver(name: PeerStateName): boolean {
  return name !== 'down';
}
