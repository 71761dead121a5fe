// How many deliveries a peer is given at the same time: additive increase, multiplicative decrease (design §4.4).
//
// A home that comes back is weak: cold caches, other senders, perhaps the trouble that took it away. So it is given little,
// more as long as it keeps up, and much less the moment it does not. Pure; pace-keeper.ts feeds it.
//
//   start --(doubling until the first sign of trouble)--> steady --(one more a window)--> ... --(trouble)--> a half
import type { PeerLoad } from './peer-health.ts';

export interface PaceLimits {
  readonly start: number;
  readonly max: number;
  /** Slower than this to accept is trouble, however fast it was before. */
  readonly latencyMaxMs: number;
}

export interface Pace {
  /** Deliveries at the same time; between 1 and max. */
  readonly limit: number;
  /** Still looking for what the peer can take: doubling. */
  readonly isStarting: boolean;
  /** The peer's latency when it is not pressed; 0 before the first sample. */
  readonly calmLatencyMs: number;
}

/** What deliveries met since the last decision. */
export interface PaceSample {
  readonly finished: number;
  /** Of those, how many were told to come back later or broke off. */
  readonly deferred: number;
  /** Mean of accepted deliveries; 0 when there was none. */
  readonly latencyMs: number;
  /** The limit was in use: otherwise good news says nothing about more. */
  readonly wasFull: boolean;
  readonly load?: PeerLoad;
}

/** A latency up to this is nobody's trouble: fsync and the way there. */
const easyLatencyMs = 25;
const strainedFactor = 3;
const brokenFactor = 8;
const deferredShareStrained = 0.02;
const deferredShareBroken = 0.2;

export function initialPace({ start, max }: PaceLimits): Pace {
  return { limit: clamp(start, max), isStarting: true, calmLatencyMs: 0 };
}

export function nextPace(pace: Pace, sample: PaceSample, limits: PaceLimits): Pace {
  const calmLatencyMs = nextCalm(pace.calmLatencyMs, sample.latencyMs);
  const strain = strainOf(sample, calmLatencyMs, limits);
  if (strain === 'broken')
    return {
      limit: clamp(Math.floor(pace.limit / 2), limits.max),
      isStarting: false,
      calmLatencyMs,
    };
  if (strain === 'strained') return { ...pace, isStarting: false, calmLatencyMs };
  if (!sample.wasFull || sample.finished === 0) return { ...pace, calmLatencyMs };
  return {
    ...pace,
    limit: clamp(pace.isStarting ? pace.limit * 2 : pace.limit + 1, limits.max),
    calmLatencyMs,
  };
}

type Strain = 'none' | 'strained' | 'broken';

function strainOf(sample: PaceSample, calmLatencyMs: number, { latencyMaxMs }: PaceLimits): Strain {
  const { finished, deferred, latencyMs, load } = sample;
  const deferredShare = finished === 0 ? 0 : deferred / finished;
  if (deferredShare > deferredShareBroken || load?.isAccepting === false) return 'broken';

  const worstMs = Math.max(latencyMs, load?.acceptLatencyMs ?? 0);
  const calmMs = Math.max(calmLatencyMs, easyLatencyMs);
  if (worstMs > latencyMaxMs || worstMs > calmMs * brokenFactor) return 'broken';
  return deferredShare > deferredShareStrained || worstMs > calmMs * strainedFactor
    ? 'strained'
    : 'none';
}

/** Follows better news at once and worse news slowly, so that a slow decline is not taken for calm. */
function nextCalm(calmMs: number, latencyMs: number): number {
  if (latencyMs <= 0) return calmMs;
  if (calmMs === 0 || latencyMs < calmMs) return latencyMs;
  return calmMs + (latencyMs - calmMs) * 0.01;
}

function clamp(limit: number, max: number): number {
  return Math.max(1, Math.min(Math.floor(limit), max));
}

/** Live mail passes ahead: while some waits, the backlog leaves it a quarter of the places, and at least one if there are two. */
export function backlogShare(
  limit: number,
  { isLiveWaiting }: { readonly isLiveWaiting: boolean },
): number {
  return isLiveWaiting && limit > 1 ? limit - Math.max(1, Math.floor(limit / 4)) : limit;
}
