// What became of one recipient after one attempt. There is no fourth case.
import type { SmtpReply } from './smtp-reply.ts';

/** Why we will try again; shown to operators, never to the peer. */
export type DeferralCause =
  | 'next-hop-asked-to-wait'
  | 'next-hop-unreachable'
  | 'connection-lost'
  | 'name-not-resolved'
  | 'tls-not-available'
  | 'our-own-fault';

export type DeliveryOutcome =
  /** Somebody else is responsible now. `reply` is what they said; for a mailbox, our own words. */
  | { readonly kind: 'delivered'; readonly reply: SmtpReply; readonly by: string }
  | {
      readonly kind: 'deferred';
      readonly reply: SmtpReply;
      readonly cause: DeferralCause;
      readonly by?: string;
    }
  | { readonly kind: 'rejected'; readonly reply: SmtpReply; readonly by?: string };

export interface RecipientOutcome {
  /** The envelope address this outcome is about, exactly as in the envelope. */
  readonly recipient: string;
  readonly outcome: DeliveryOutcome;
}

/** True when this recipient needs no further attempt. */
export function isFinal(outcome: DeliveryOutcome): boolean {
  return outcome.kind !== 'deferred';
}
