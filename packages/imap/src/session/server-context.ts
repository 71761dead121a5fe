// What all sessions of one listener share.
import type { Mailbox } from '@restante/mailbox-store';
import type { Logins } from '@restante/accounts';
import type { EventSink } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import type { ImapLimits } from '../config.ts';

export interface ServerContext {
  /** Name of the listener in events: "imap", "imaps". */
  readonly name: string;
  readonly hostname: string;
  readonly clock: Clock;
  readonly limits: ImapLimits;
  readonly logins: Logins;
  readonly onEvent: EventSink;
  /** The folders of an account that logged in. */
  mailboxes(address: string): Promise<Mailbox | undefined>;
  /** What went wrong without being the client's doing; for the log. */
  onFailure(failure: ImapFailure): void;
  /** Where large messages wait until all of them came. */
  readonly scratchDir: string;
  /** STARTTLS can be had. */
  readonly hasTls: boolean;
  /** No new work: whoever finished a command is told BYE. */
  isStopping(): boolean;
}

export interface ImapFailure {
  readonly command: string;
  readonly account: string | undefined;
  readonly cause: unknown;
}
