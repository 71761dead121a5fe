// How much is sent before the server has answered: a round trip saved, or 40 ms lost. Pure.
//
// A server that does not turn Nagle's algorithm off (Postfix among them) holds its second small reply back until the first one
// is acknowledged, and a kernel that has nothing to send acknowledges only after some 40 ms. Whatever we send next carries the
// acknowledgement: so there is always something that waits for the first replies, unless a round trip is worth more than that.
import type { SmtpTarget } from './smtp-connection.ts';
import type { BodyToSend } from './stream-body.ts';

/** A body up to this size may go right behind its envelope when CHUNKING is offered. */
const eagerMaxBytes = 262_144;
/** After this much silence a connection must prove itself before a body is sent (many servers close after minutes). */
const staleMs = 2_000;
/** A round trip this short is not worth a second message under way. */
const nearMs = 2;
const delayedAckMs = 40;

/** May a body leave before its recipients are accepted? When not, it waits for RCPT's reply, as it would for the 354 of DATA. */
export function eagernessOf({ answersAtOnce }: SmtpTarget, roundTripMs: number): boolean {
  return answersAtOnce === true || roundTripMs >= delayedAckMs;
}

export function inFlightMaxOf({ inFlightMax }: SmtpTarget, roundTripMs: number): number {
  return inFlightMax ?? (roundTripMs < nearMs ? 1 : 2);
}

/** Not a long one, and not on a connection that may have died of old age. */
export function isWorthTheRisk({ kind, sizeBytes }: BodyToSend, idleMs: number): boolean {
  return kind === 'bytes' && sizeBytes <= eagerMaxBytes && idleMs < staleMs;
}
