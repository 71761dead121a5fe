// Watches how our own people send, and says when an account looks as if somebody else had its password: the port.
//
// Promises
// - note() and its like return at once, never throw and never keep a message: everything happens behind it, in turn, bounded.
// - A score is made from what is known at that moment, by signals that each say why in words; the same picture gives the same score.
// - What is usual for an account is learned and outlives restarts and Redis. What is not known counts for the account.
// - One suspicion a window for each account and level; pardon() takes what happened as usual from then on.
import type { RestanteEvent } from '@restante/mail-model';

export interface SendingFacts {
  /** Spool id; joins later outcomes to the account. */
  readonly id: string;
  readonly account: string;
  readonly recipients: readonly string[];
  readonly clientAddress: string;
  readonly helo: string;
  /** What the mail program calls itself (User-Agent, X-Mailer). */
  readonly program?: string;
}

export interface SendingOutcome {
  readonly account: string;
  readonly kind: 'delivered' | 'rejected';
}

export interface Finding {
  /** Name of the signal. */
  readonly signal: string;
  readonly points: number;
  /** One sentence with the numbers. */
  readonly says: string;
}

export interface Suspicion {
  readonly account: string;
  readonly action: 'suspend' | 'notify';
  readonly points: number;
  readonly findings: readonly Finding[];
  readonly atMs: number;
}

/** Where an account sent from of late, and never before: what a list of blocked networks should have. */
export interface AbusePlace {
  /** An address or a network, as the operator's list takes it: "203.0.113.7/32", "2001:db8:1:2::/64". */
  readonly subject: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly messages: number;
}

export interface SendingWatch extends AsyncDisposable {
  /** A message was taken from an account. */
  note(facts: SendingFacts): void;
  /** RCPT for one of our own domains, and nobody is there. */
  noteUnknownRecipient(account: string): void;
  noteOutcome(outcome: SendingOutcome): void;
  /** A scanner is sure that a message of this account is spam. */
  noteSpam(account: string): void;
  /** Any event: takes the outcomes of messages that note() has told of. */
  noteEvent(event: RestanteEvent): void;
  /** The score as it is now. */
  explain(
    account: string,
  ): Promise<{ readonly points: number; readonly findings: readonly Finding[] }>;
  abusePlaces(account: string): readonly AbusePlace[];
  /** Somebody looked and it is fine: windows are emptied, places and programs are usual. */
  pardon(account: string): Promise<void>;
  /** The account is gone. */
  forget(account: string): void;
  /** Resolves when everything told so far was looked at. */
  settled(): Promise<void>;
}

/** [watch] of the configuration; see config.ts. */
export interface WatchSettings {
  readonly action: 'suspend' | 'notify' | 'off';
  readonly suspendPoints: number;
  readonly notifyPoints: number;
  readonly windowMs: number;
  readonly learnMs: number;
  readonly newRecipientsMin: number;
  readonly bouncesMin: number;
}
