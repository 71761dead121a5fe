// Absolute deadlines of a connection: a client that trickles is bounded, not only one that is silent (threat 13). Pure.
import type { ImapLimits } from '../config.ts';

/** Milliseconds of the monotonic clock. */
export interface ConnectionTimes {
  readonly phase: 'handshake' | 'waiting' | 'receiving' | 'running' | 'ending';
  readonly isIn: boolean;
  /** Since when nobody is logged in, or was. */
  readonly strangerSinceMs: number;
  /** Since when the phase lasts. */
  readonly sinceMs: number;
  /** Since when the client has taken nothing of what waits for it. */
  readonly stalledSinceMs: number | undefined;
}

// A TLS handshake is three round trips; whoever needs longer does not want one.
const handshakeMaxMs = 30_000;
// After the last line a client has this long to hang up.
const farewellMaxMs = 10_000;

/** 'bye' where something can still be said, 'drop' where not. */
export function overdue(
  { phase, isIn, strangerSinceMs, sinceMs, stalledSinceMs }: ConnectionTimes,
  limits: ImapLimits,
  nowMs: number,
): 'bye' | 'drop' | undefined {
  if (phase === 'handshake') return nowMs - sinceMs > handshakeMaxMs ? 'drop' : undefined;
  if (phase === 'ending') return nowMs - sinceMs > farewellMaxMs ? 'drop' : undefined;
  const isLateStranger = !isIn && nowMs - strangerSinceMs > limits.loginTimeoutMs;
  if (stalledSinceMs !== undefined) {
    // A stranger who takes answers drop by drop is no better than one who says nothing.
    if (isLateStranger || nowMs - stalledSinceMs > limits.commandTimeoutMs) return 'drop';
  }
  // What we take ourselves does not count.
  if (phase === 'running') return undefined;
  if (isLateStranger) return 'bye';
  const allowedMs = phase === 'waiting' ? limits.idleTimeoutMs : limits.commandTimeoutMs;
  return nowMs - sinceMs > allowedMs ? 'bye' : undefined;
}

/** How often to look: fine enough for the smallest limit, never more often than needed. */
export function watchIntervalMs(limits: ImapLimits): number {
  const smallest = Math.min(limits.idleTimeoutMs, limits.loginTimeoutMs, limits.commandTimeoutMs);
  return Math.max(20, Math.min(5_000, Math.floor(smallest / 4)));
}
