// Accounts and their mailboxes: Maildir++ with Dovecot-compatible UID lists, accounts in SQLite.
//
// Promises
// - append() resolves only after the message survives a power cut in the mailbox (tmp, fsync, rename to new, fsync of the
//   directory) and has its UID in dovecot-uidlist (version 3).
// - append() with a deliveryId that is already in this mailbox stores nothing and answers as before (a crash between
//   append and settle makes no duplicate).
// - Dovecot pointed at the same tree sees the same UIDs.
export interface Account {
  /** Full address; the login name. */
  readonly address: string;
  readonly state: 'active' | 'suspended';
  readonly quotaBytes?: number;
  readonly createdAtMs: number;
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
  readonly body: { readonly kind: 'bytes'; readonly bytes: Buffer } | { readonly kind: 'stream'; readonly sizeBytes: number; open(): AsyncIterable<Buffer> };
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
}

/** Who has a mailbox here. Every change counts `version` up and calls the listeners (the recipients list is made anew). */
export interface AccountBook {
  readonly version: number;
  readonly epoch: string;
  addAccount(account: { readonly address: string; readonly password: string; readonly quotaBytes?: number }): Promise<Account>;
  setPassword(address: string, password: string): Promise<void>;
  setState(address: string, state: Account['state']): void;
  setQuota(address: string, quotaBytes: number | undefined): void;
  removeAccount(address: string): void;
  account(address: string): Account | undefined;
  accounts(domain?: string): readonly Account[];
  setAlias(alias: Alias): void;
  removeAlias(address: string): void;
  aliases(domain?: string): readonly Alias[];
  setCatchAll(domain: string, target: string | undefined): void;
  catchAlls(): ReadonlyMap<string, string>;
  /** Bytes in the mailbox as last counted. */
  usageBytes(address: string): number;
  verifyPassword(address: string, password: string): Promise<boolean>;
  onChange(listener: () => void): void;
}
