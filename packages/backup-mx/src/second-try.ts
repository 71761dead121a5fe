// Mail that missed its home by a moment: the home was gone too briefly for health to notice, so no route was held and nothing
// makes the put-off mail due before its retry timer. Draining starts on the probe, not on a timer (design §4.4): the first clean
// probe after the miss makes it due.
//
// A home that answers every probe and still drops deliveries is not hammered: each time within the same trouble the pause doubles.
import type { PeerHealth } from '@restante/health';

export interface SecondTry {
  /** A delivery found nobody there. */
  noteMiss(nowMs: number): void;
  /** The route was let go, and with it everything that was put off. */
  forget(): void;
  /** True, once, when the home has shown itself since the miss and the pause is over. */
  isDue(health: PeerHealth, nowMs: number): boolean;
}

const firstPauseMs = 1000;
const pauseMaxMs = 60_000;
/** So long without a miss, and the next one is new trouble. */
const quietMs = 300_000;

export function createSecondTry(): SecondTry {
  let missedMs: number | undefined;
  let lastMissMs = Number.NEGATIVE_INFINITY;
  let triedMs = Number.NEGATIVE_INFINITY;
  let pauseMs = firstPauseMs;
  return {
    noteMiss(nowMs) {
      if (nowMs - lastMissMs > quietMs) pauseMs = firstPauseMs;
      lastMissMs = nowMs;
      missedMs = nowMs;
    },
    forget() {
      missedMs = undefined;
    },
    isDue({ state, lastProbe, lastProbeAtMs = 0 }, nowMs) {
      if (missedMs === undefined || nowMs - triedMs < pauseMs) return false;
      if (
        state === 'down' ||
        state === 'suspect' ||
        lastProbe?.ok !== true ||
        lastProbeAtMs <= missedMs
      )
        return false;
      missedMs = undefined;
      triedMs = nowMs;
      pauseMs = Math.min(pauseMs * 2, pauseMaxMs);
      return true;
    },
  };
}
