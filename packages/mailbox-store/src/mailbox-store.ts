// Accounts and their mailboxes: Maildir++ with Dovecot-compatible UID lists, accounts in SQLite.
//
// Promises
// - append() resolves only after the message survives a power cut in the mailbox (tmp, fsync, rename to new, fsync of the
//   directory) and has its UID in dovecot-uidlist (version 3).
// - append() with a deliveryId that is already in this mailbox stores nothing and answers as before (a crash between
//   append and settle makes no duplicate).
// - Dovecot pointed at the same tree sees the same UIDs.
// - No message passes a quota, however many arrive at once.
// - A failure throws a MailboxStoreError; nothing was acknowledged then, and the same append() may simply be repeated.
import type { Clock } from '@restante/runtime';
import type { AddressRules } from './canonical-address.ts';
import type { Mailbox } from './mailbox.ts';

export interface Account {
  /** Full address; the login name. */
  readonly address: string;
  readonly state: 'active' | 'suspended';
  readonly quotaBytes?: number;
  readonly createdAtMs: number;
}

/** A new account brings a password, or a hash of one from another server (argon2id, PHC format). */
export interface NewAccount {
  readonly address: string;
  readonly password?: string;
  readonly passwordHash?: string;
  readonly quotaBytes?: number;
}

export interface Alias {
  readonly address: string;
  /** Full addresses; local accounts or addresses elsewhere. */
  readonly targets: readonly string[];
}

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
}

export type AppendAnswer =
  | { readonly kind: 'stored'; readonly uid: number; readonly wasThere: boolean }
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

/**
 * Who has a mailbox here. Every change of who exists, is suspended or is full counts `version` up, durably, and calls the
 * listeners (the recipients list is made anew). Passwords and use below the quota are not counted.
 * Throws MailboxStoreError: ADDRESS_INVALID, ACCOUNT_EXISTS, ACCOUNT_UNKNOWN, ALIAS_LOOP, PASSWORD_UNFIT ...
 */
export interface AccountBook {
  readonly version: number;
  readonly epoch: string;
  addAccount(account: NewAccount): Promise<Account>;
  /** All or none, in one transaction: for thousands of accounts at once. */
  addAccounts(accounts: readonly NewAccount[]): Promise<readonly Account[]>;
  setPassword(address: string, password: string): Promise<void>;
  setState(address: string, state: Account['state']): void;
  setQuota(address: string, quotaBytes: number | undefined): void;
  /** The mail is not deleted: it is moved to removed/, where nobody is served from it. */
  removeAccount(address: string): void;
  account(address: string): Account | undefined;
  accounts(domain?: string): readonly Account[];
  /** An alias goes before an account of the same address; naming itself among its targets means that account's mailbox. */
  setAlias(alias: Alias): void;
  removeAlias(address: string): void;
  aliases(domain?: string): readonly Alias[];
  setCatchAll(domain: string, target: string | undefined): void;
  catchAlls(): ReadonlyMap<string, string>;
  /** Bytes in the mailbox as last counted. */
  usageBytes(address: string): number;
  /** True when the quota is used up, as last counted. */
  isFull(address: string): boolean;
  /** Takes as long for unknown people as for known ones. */
  verifyPassword(address: string, password: string): Promise<boolean>;
  onChange(listener: () => void): void;
}

export interface MailboxStoreOptions extends AddressRules {
  /** Root: accounts.sqlite, mail/ and removed/ are in it. */
  readonly dir: string;
  /** Last part of message file names. */
  readonly hostname: string;
  readonly clock: Clock;
  /** For accounts without a quota of their own; absent: no limit. */
  readonly quotaDefaultBytes?: number;
  /** Aliases that lead to aliases are followed this far; default 10. */
  readonly aliasDepthMax?: number;
  /** Something was put right that should not have been wrong; for the log. */
  readonly onRepair?: (repair: MailboxRepair) => void;
}

export interface MailboxRepair {
  readonly kind: 'uid-list-damaged' | 'uid-given-late';
  /** One sentence for the operator, with the path. */
  readonly detail: string;
}
