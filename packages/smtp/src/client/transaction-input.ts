// What a transaction is made of before its first octet leaves.
import type { TransactionPlan } from './plan-transaction.ts';
import type { SmtpTimeouts, TransactionResult } from './smtp-connection.ts';
import type { BodyToSend } from './stream-body.ts';
import type { Exchange, Wire } from './wire.ts';

/** What the connection remembers from one transaction to the next. */
export interface ServerState {
  /** A transaction may still be open at the server: RSET comes first. */
  needsReset: boolean;
  /** The last transaction that wrote anything. */
  latest?: Exchange;
}

export interface TransactionInput {
  readonly wire: Wire;
  readonly plan: TransactionPlan;
  readonly recipients: readonly string[];
  readonly body: BodyToSend;
  readonly isPipelined: boolean;
  /** The body of BDAT may leave before anybody was accepted. */
  readonly isEager: boolean;
  readonly isLmtp: boolean;
  readonly timeouts: SmtpTimeouts;
  readonly state: ServerState;
  /** "mx.example.test[192.0.2.1]:25" */
  readonly peer: string;
  readonly resolve: (result: TransactionResult) => void;
}
