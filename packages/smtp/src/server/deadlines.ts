// Absolute deadlines of a session: a client that trickles is bounded, not only one that is silent (threat 13). Pure.
//
// Time the host takes does not count: a client must not be thrown out while its message is being committed.
import type { SmtpReply } from '@restante/mail-model';
import type { EdgeLimits } from './edge.ts';
import { replies } from './replies.ts';

/** Milliseconds of the monotonic clock. */
export interface SessionTimes {
  readonly isPeer: boolean;
  readonly openedMs: number;
  /** Since when the next command is awaited. */
  readonly waitingSinceMs: number;
  readonly bodySinceMs: number | undefined;
  readonly handshakeSinceMs: number | undefined;
  readonly isHostBusy: boolean;
}

// A TLS handshake is three round trips; whoever needs longer does not want one.
const handshakeMaxMs = 30_000;

/** What to say to a session that has lasted too long; undefined when it has not. */
export function overdue(
  times: SessionTimes,
  limits: EdgeLimits,
  nowMs: number,
): SmtpReply | undefined {
  if (times.isHostBusy) return undefined;
  // Peers keep their connections, mail flows over them all day.
  if (!times.isPeer && nowMs - times.openedMs > limits.sessionMaxMs) return replies.sessionTooLong;
  if (times.handshakeSinceMs !== undefined) {
    const allowedMs = Math.min(handshakeMaxMs, limits.idleTimeoutMs);
    return nowMs - times.handshakeSinceMs > allowedMs ? replies.idle : undefined;
  }
  if (times.bodySinceMs !== undefined) {
    return nowMs - times.bodySinceMs > limits.dataMaxMs ? replies.messageTooSlow : undefined;
  }
  return nowMs - times.waitingSinceMs > limits.idleTimeoutMs ? replies.idle : undefined;
}

/** How often to look: fine enough for the smallest limit, never more often than needed. */
export function sweepIntervalMs(limits: EdgeLimits): number {
  const smallest = Math.min(limits.idleTimeoutMs, limits.sessionMaxMs, limits.dataMaxMs);
  return Math.max(20, Math.min(1_000, Math.floor(smallest / 4)));
}
