// A listening IMAP server. The port of this package: what a node hands in, and what it gets.
import type { TLSSocketOptions } from 'node:tls';
import type { Logins } from '@restante/accounts';
import type { EventSink } from '@restante/mail-model';
import type { Mailbox } from '@restante/mailbox-store';
import type { Clock } from '@restante/runtime';
import type { ImapLimits } from './config.ts';
import type { ImapFailure } from './session/server-context.ts';

export interface ImapServerOptions {
  /** Name of the listener in events: "imap", "imaps". */
  readonly name: string;
  /** Said in the greeting. */
  readonly hostname: string;
  readonly listen: { readonly host: string; readonly port: number };
  /**
   * Asked for every handshake, so a new certificate is used at once; give { secureContext } made once per certificate.
   * Absent: no TLS, and passwords only from this machine, where the limits allow it.
   */
  readonly tls?: () => TLSSocketOptions;
  /** TLS from the first byte (993); else STARTTLS (143). Needs `tls`. */
  readonly isImplicitTls?: boolean;
  /**
   * The folders of an account; undefined when it is gone or suspended meanwhile. Cheap: asked again before every command, and every
   * `refreshMs` for each client; whose account is gone hears BYE.
   */
  mailboxes(address: string): Promise<Mailbox | undefined>;
  readonly logins: Logins;
  readonly limits: ImapLimits;
  readonly clock: Clock;
  readonly onEvent: EventSink;
  /** What went wrong here and was told the client as "try again later"; for the log. */
  readonly onFailure?: (failure: ImapFailure) => void;
  /** Large messages wait here, in files without a name, until all of them came. Default: the system's temporary directory. */
  readonly scratchDir?: string;
}

export interface ImapServer {
  readonly port: number;
  /** Connections at the moment. */
  readonly sessions: number;
  /** No new connections; who waits is told BYE at once, who is served after the command in hand, all are cut at the deadline. */
  stop(deadlineMs: number): Promise<void>;
}
