// Turns one recipient's outcome of an attempt into the one that is kept: deferred for too long becomes rejected, refused by a
// home of ours becomes kept for a person. Decides only; writing it down is attempt-due.ts.
import { domainOf, type RecipientOutcome, type Route } from '@restante/mail-model';
import type { SpooledMessage } from '@restante/spool';
import { isGivenUp } from './give-up.ts';
import type { RelayParts } from './relay-parts.ts';
import { refusalOn, senderKind, whoIsTold } from './who-is-told.ts';

/** An outcome as it is kept, and what was counted to come to it. */
export interface Ended extends RecipientOutcome {
  readonly ageMs: number;
  readonly attempts: number;
}

export interface Ending {
  readonly message: SpooledMessage;
  readonly route: Route;
  readonly one: RecipientOutcome;
  readonly now: number;
}

export function settleOne(parts: RelayParts, { message, route, one, now }: Ending): Ended {
  const { recipient, outcome } = one;
  const { acceptedAtMs } = message;
  const former = message.outcomes.get(recipient);
  const attempts = (former?.attempts ?? 0) + 1;
  const ageMs =
    now - acceptedAtMs - parts.awayMs({ route, domain: domainOf(recipient) }, acceptedAtMs, now);
  const keep = (kept: RecipientOutcome['outcome']): Ended => ({
    recipient,
    outcome: kept,
    ageMs,
    attempts,
  });
  if (
    outcome.kind === 'rejected' &&
    whoIsTold(refusalOn(route), senderKind(message, parts.router.isOurs)) === 'quarantine'
  ) {
    // Kept as deferred with its 5xx reply; quarantine.ts knows it by that.
    return keep({ ...outcome, kind: 'deferred', cause: 'next-hop-asked-to-wait' });
  }
  if (outcome.kind !== 'deferred') return keep(outcome);
  const sinceFormerMs = former === undefined ? 0 : now - former.atMs;
  const isOver = isGivenUp(parts.schedule, {
    cause: outcome.cause,
    attempts,
    sinceFormerMs,
    ageMs,
  });
  return keep(isOver ? { kind: 'rejected', reply: outcome.reply } : outcome);
}
