// Absolute deadlines of a connection (threat 13). Pure.
import type { Pop3Limits } from '../config.ts';

export interface ConnectionTimes {
  readonly isIn: boolean;
  readonly openedMs: number;
  /** Since when nothing came or went that we wait for; undefined while it is our turn. */
  readonly waitingSinceMs: number | undefined;
  readonly phase: 'talking' | 'handshake' | 'ending';
}

// A TLS handshake is three round trips; whoever needs longer does not want one.
const handshakeMaxMs = 30_000;
// After the last line a client has this long to hang up.
const farewellMaxMs = 10_000;

export function isOverdue(times: ConnectionTimes, limits: Pop3Limits, nowMs: number): boolean {
  const { phase, isIn, openedMs, waitingSinceMs } = times;
  // A login by password is looked at for a while; that is our time, not the client's.
  if (
    !isIn &&
    nowMs - openedMs > limits.loginTimeoutMs &&
    (waitingSinceMs !== undefined || phase === 'handshake')
  )
    return true;
  if (phase === 'handshake')
    return nowMs - openedMs > Math.max(handshakeMaxMs, limits.loginTimeoutMs);
  if (waitingSinceMs === undefined) return false;
  const allowedMs = phase === 'ending' ? farewellMaxMs : limits.idleTimeoutMs;
  return nowMs - waitingSinceMs > allowedMs;
}

/** How often to look: fine enough for the smallest limit, never more often than needed. */
export function sweepIntervalMs({ idleTimeoutMs, loginTimeoutMs }: Pop3Limits): number {
  return Math.max(20, Math.min(1_000, Math.floor(Math.min(idleTimeoutMs, loginTimeoutMs) / 4)));
}
