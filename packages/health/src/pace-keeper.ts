// Gathers what deliveries meet and decides the pace in small windows. Cheap per message: a few additions.
//
// A window ends when as many deliveries have ended as were allowed at the same time (then each place has spoken), or after
// `windowMs`, whichever is first; on the first sign of many refusals it need not be full.
import { initialPace, nextPace } from './pace.ts';
import type { Pace, PaceLimits } from './pace.ts';
import type { PeerLoad } from './peer-health.ts';

export interface PaceKeeper {
  /** Deliveries at the same time. */
  readonly limit: number;
  /** One delivery ended. `latencyMs`: from MAIL to the last reply. `deferred`: 4xx or broken off. */
  record(ended: {
    readonly nowMs: number;
    readonly latencyMs: number;
    readonly deferred: boolean;
    readonly running: number;
  }): void;
  /** What the peer last said of itself. */
  setLoad(load: PeerLoad | undefined): void;
  /** Starts small again: the peer was away. */
  restart(): void;
}

const windowMs = 250;
const fewest = 4;

export function createPaceKeeper(
  limits: PaceLimits,
  onLimit: (limit: number) => void = () => undefined,
): PaceKeeper {
  let pace: Pace = initialPace(limits);
  let load: PeerLoad | undefined;
  let startedMs = Number.NaN;
  let finished = 0;
  let deferred = 0;
  let accepted = 0;
  let latencySumMs = 0;
  let wasFull = false;

  function clear(nowMs: number): void {
    startedMs = nowMs;
    finished = 0;
    deferred = 0;
    accepted = 0;
    latencySumMs = 0;
    wasFull = false;
  }

  function decide(nowMs: number): void {
    const before = pace.limit;
    const latencyMs = accepted === 0 ? 0 : latencySumMs / accepted;
    pace = nextPace(
      pace,
      { finished, deferred, latencyMs, wasFull, ...(load === undefined ? {} : { load }) },
      limits,
    );
    clear(nowMs);
    if (pace.limit !== before) onLimit(pace.limit);
  }

  return {
    get limit() {
      return pace.limit;
    },
    record(ended) {
      if (Number.isNaN(startedMs)) startedMs = ended.nowMs;
      finished += 1;
      if (ended.deferred) deferred += 1;
      else {
        accepted += 1;
        latencySumMs += ended.latencyMs;
      }
      if (ended.running >= pace.limit) wasFull = true;
      if (finished >= Math.max(pace.limit, fewest) || ended.nowMs - startedMs >= windowMs)
        decide(ended.nowMs);
    },
    setLoad(said) {
      load = said;
    },
    restart() {
      const before = pace.limit;
      pace = initialPace(limits);
      clear(Number.NaN);
      if (pace.limit !== before) onLimit(pace.limit);
    },
  };
}
