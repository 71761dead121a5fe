// What a verb sees of the session it runs in, and the shape of a verb. The connection implements it.
import type { EventSink, SmtpReply } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import type { EdgeLimits } from './edge.ts';
import type { EdgeHost, MessageAnswer } from './edge-host.ts';
import type { OctetReader } from './octet-reader.ts';
import type { SessionFacts } from './session-facts.ts';
import type { Transaction } from './transaction.ts';

/** The same for all sessions of one listener. */
export interface EdgeContext {
  readonly name: string;
  readonly hostname: string;
  readonly limits: EdgeLimits;
  /** RFC 5321 §4.5.3.1.8: at least 100, whatever was configured. */
  readonly recipientsMax: number;
  readonly host: EdgeHost;
  readonly onEvent: EventSink;
  readonly clock: Clock;
  readonly offersAuth: boolean;
  readonly requiresAuth: boolean;
  readonly clearTextLogins: 'never' | 'loopback';
  hasTls(): boolean;
}

export interface Dialogue {
  readonly context: EdgeContext;
  readonly facts: SessionFacts;
  readonly transaction: Transaction | undefined;

  /** Says it. 421 also ends the session (RFC 5321 §3.8). */
  reply(reply: SmtpReply): void;
  /** Says it, and counts a command that was not SMTP; too many end the session. */
  complain(reply: SmtpReply): void;
  /** Says it, and watches whether the client reads it. */
  replyFinally(answer: MessageAnswer): void;

  /** Who the client says it is; ends the transaction (RFC 5321 §4.1.4). */
  greet(helo: string, options: { readonly isExtended: boolean }): void;
  begin(transaction: Transaction): void;
  /** Forgets the transaction; a message under way is aborted. */
  reset(why: string): void;
  /** The next line is no command but goes here: the client's turn in AUTH. A broken one ends the exchange. */
  expectLine(take: (line: string) => void | Promise<void>): void;
  /** The octets that follow are the reader's until it is complete. */
  readOctets(reader: OctetReader): void;
  startTls(): void;
  close(): void;
}

export interface SmtpVerb {
  readonly verb: string;
  /** Not before EHLO or HELO (RFC 5321 §4.1.4). */
  readonly needsHello: boolean;
  /** Nothing may be sent behind it before its reply has been read (RFC 2920 §3.1). */
  readonly endsGroup: boolean;
  run(dialogue: Dialogue, argument: string): void | Promise<void>;
}
