// The mailboxes of the account book's people: Maildir++ with Dovecot-compatible UID lists.
//
// Promises
// - append() resolves only after the message survives a power cut in the mailbox (tmp, fsync, rename to new, fsync of the
//   directory) and has its UID in dovecot-uidlist (version 3).
// - append() with a deliveryId that is already in this mailbox stores nothing and answers as before (a crash between
//   append and settle makes no duplicate).
// - Dovecot pointed at the same tree sees the same UIDs.
// - No message passes a quota, however many arrive at once.
// - A failure throws a MailboxStoreError; nothing was acknowledged then, and the same append() may simply be repeated.
import type { AccountBook } from '@restante/accounts';
import type { Clock } from '@restante/runtime';
import type { FolderName, Mailbox } from './mailbox.ts';

export interface AppendRequest {
  readonly address: string;
  /** Names the delivery; the same again is the same message. Letters, digits and "-". */
  readonly deliveryId: string;
  /** Header lines to put before the body, CRLF ended (Return-Path, Delivered-To). */
  readonly prefix: string;
  readonly body:
    | { readonly kind: 'bytes'; readonly bytes: Buffer }
    | { readonly kind: 'stream'; readonly sizeBytes: number; open(): AsyncIterable<Buffer> };
  readonly receivedAtMs: number;
  /** Judged to be spam: goes to the Junk folder, unless the account wants no such filing. */
  readonly isJunk?: boolean;
}

export type AppendAnswer =
  | {
      readonly kind: 'stored';
      readonly uid: number;
      readonly wasThere: boolean;
      /** Where it is; absent: the inbox. */
      readonly folder?: FolderName;
    }
  | { readonly kind: 'no-such-account' }
  | { readonly kind: 'suspended' }
  | { readonly kind: 'over-quota' };

export interface MailboxStore extends AsyncDisposable {
  append(request: AppendRequest): Promise<AppendAnswer>;
  /** Account addresses (and foreign addresses of aliases) that stand behind an address; empty when unknown. Tags and case are handled. */
  resolve(address: string): readonly string[];
  readonly accounts: AccountBook;
  /** The account's folders; undefined for unknown accounts. The same account is the same Mailbox. */
  mailbox(address: string): Promise<Mailbox | undefined>;
}

export interface MailboxStoreOptions {
  /** Root: mail/ and removed/ are in it. */
  readonly dir: string;
  /** Last part of message file names. */
  readonly hostname: string;
  readonly clock: Clock;
  /** Who has a mailbox here. Who opened it closes it, after the store. */
  readonly accounts: AccountBook;
  /** How long expunged mail can be brought back; absent or 0: it is gone at once. */
  readonly graceMs?: number;
  /** Something was put right that should not have been wrong; for the log. */
  readonly onRepair?: (repair: MailboxRepair) => void;
  /** Somebody moved mail into Junk, or out of it (not into Trash). Called for each message; must not throw. */
  readonly onTaught?: (taught: TaughtByMoving) => void;
}

export interface TaughtByMoving {
  readonly account: string;
  readonly what: 'spam' | 'ham';
  readonly sizeBytes: number;
  /** Reads it when asked, from where it is then; ends early, or fails, when it is gone. */
  bytes(): AsyncIterable<Buffer>;
}

export interface MailboxRepair {
  readonly kind: 'uid-list-damaged' | 'uid-given-late' | 'content-index-unusable';
  /** One sentence for the operator, with the path. */
  readonly detail: string;
}
