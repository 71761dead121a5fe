// A listening POP3 server. The port of this package: what a node hands in, and what it gets.
import type { TLSSocketOptions } from 'node:tls';
import type { Logins } from '@restante/accounts';
import type { EventSink } from '@restante/mail-model';
import type { Mailbox } from '@restante/mailbox-store';
import type { Clock } from '@restante/runtime';
import type { Pop3Limits } from './config.ts';

export interface Pop3ServerOptions {
  /** Name of the listener in events: "pop3", "pop3s". */
  readonly name: string;
  /** Said in the greeting. */
  readonly hostname: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** Asked for every handshake, so a new certificate is used at once. Absent: no TLS. */
  readonly tls?: () => TLSSocketOptions;
  /** TLS from the first byte (995); else STLS (110). Needs `tls`. */
  readonly isImplicitTls?: boolean;
  /** The folders of an account; undefined when it is gone meanwhile. */
  mailboxes(address: string): Promise<Mailbox | undefined>;
  readonly logins: Pick<Logins, 'credentialsFor'>;
  readonly limits: Pop3Limits;
  readonly clock: Clock;
  readonly onEvent: EventSink;
  /** What went wrong here and was told the client as "try again later"; for the log. */
  readonly onFailure?: (failure: Pop3Failure) => void;
}

export interface Pop3Failure {
  readonly command: string;
  readonly account: string | undefined;
  readonly cause: unknown;
}

export interface Pop3Server {
  readonly port: number;
  /** Connections at the moment. */
  readonly sessions: number;
  /** No new connections; those between two commands end at once, the others after the command in hand or at the deadline. */
  stop(deadlineMs: number): Promise<void>;
}
