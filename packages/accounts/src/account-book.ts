// Who has a mailbox here: the port of the account book.
//
// Promises
// - Every change of who exists, is suspended or is full counts `version` up, durably, and calls the listeners (the recipients
//   list is made anew). Passwords, and use below the quota, are not counted.
// - A change is on disk when its call returns; a power cut leaves it whole or absent.
// - What another process changed in the same file is seen within a second.
// - A refusal throws an AccountsError: ADDRESS_INVALID, ACCOUNT_EXISTS, ACCOUNT_UNKNOWN, ALIAS_LOOP, PASSWORD_UNFIT ...
import type { Clock } from '@restante/runtime';
import type { AccountSecrets } from './account-secrets.ts';
import type { AppPassword, NewAppPassword } from './app-password.ts';
import type { AddressRules, CanonicalAddress } from './canonical-address.ts';
import type { NewSuspension, SendLimitsOfAccount, Suspension } from './suspension.ts';

export interface Account {
  /** Full address; the login name. */
  readonly address: string;
  readonly state: 'active' | 'suspended';
  readonly quotaBytes?: number;
  readonly quotaMessages?: number;
  readonly createdAtMs: number;
  /** Where mail goes that is likely spam; absent: into the Junk folder. */
  readonly junk?: 'inbox';
  /** "off": mail for this account is not judged by what it says; absent: as usual. */
  readonly filtering?: 'off';
  /** Why it may not send, or not do anything; also there for `state: 'suspended'` when somebody gave a reason. */
  readonly suspension?: Suspension;
  /** Its own limits of sending instead of the site's. */
  readonly sendLimits?: SendLimitsOfAccount;
}

/** What an account wants of filtering; what is absent stays as it is. */
export interface FilteringChange {
  readonly junk?: 'folder' | 'inbox';
  readonly filtering?: 'normal' | 'off';
}

/** A new account brings a password, or a hash of one from another server (see foreign-hash.ts). */
export interface NewAccount {
  readonly address: string;
  readonly password?: string;
  readonly passwordHash?: string;
  /** Default: active. */
  readonly state?: Account['state'];
  readonly quotaBytes?: number;
  readonly quotaMessages?: number;
}

export interface Alias {
  readonly address: string;
  /** Full addresses; local accounts or addresses elsewhere. */
  readonly targets: readonly string[];
}

/** Absent: no limit. */
export interface Quota {
  readonly bytes?: number;
  readonly messages?: number;
}

export interface Usage {
  readonly bytes: number;
  readonly messages: number;
}

export interface MadeAppPassword {
  readonly appPassword: AppPassword;
  /** Shown once; only its hash is kept. */
  readonly secret: string;
}

/** Who may not send, and who may send how much. */
export interface SendingRules {
  /** Said again it changes reason and author; the stricter scope stays, and so does being a confirmed spammer. */
  suspend(address: string, suspension: NewSuspension): Account;
  /** Lifts every suspension. Answers what was lifted. */
  resume(address: string): Suspension | undefined;
  /** Why an account may not send at this moment; undefined when it may. By its own address; asked at every MAIL. */
  stopOf(address: string): Suspension | undefined;
  /** All accounts that may not send. */
  stops(): ReadonlyMap<string, Suspension>;
  /** The account's own limits as a whole; what is absent falls back to the site's. */
  setLimits(address: string, limits: SendLimitsOfAccount): void;
}

export interface AccountBook extends AsyncDisposable {
  readonly version: number;
  readonly epoch: string;
  addAccount(account: NewAccount): Promise<Account>;
  /** All or none, in one transaction: for thousands of accounts at once. */
  addAccounts(accounts: readonly NewAccount[]): Promise<readonly Account[]>;
  setPassword(address: string, password: string): Promise<void>;
  /** A hash from another server instead of a password; it is made anew at the next login. */
  setPasswordHash(address: string, passwordHash: string): Promise<void>;
  /** 'active' lifts a suspension from everything, and leaves one from sending. */
  setState(address: string, state: Account['state']): void;
  /** The account's own quota as a whole; what is absent falls back to the default. */
  setQuota(address: string, quota: Quota): void;
  setFiltering(address: string, change: FilteringChange): void;
  /** The mail is not deleted here: onRemoved() tells who keeps it. */
  removeAccount(address: string): void;
  account(address: string): Account | undefined;
  accounts(domain?: string): readonly Account[];
  /** An alias goes before an account of the same address; naming itself among its targets means that account's mailbox. */
  setAlias(alias: Alias): void;
  removeAlias(address: string): void;
  aliases(domain?: string): readonly Alias[];
  setCatchAll(domain: string, target: string | undefined): void;
  catchAlls(): ReadonlyMap<string, string>;
  /** Account addresses (and foreign addresses of aliases) that stand behind an address; empty when unknown. Tags and case are handled. */
  resolve(address: string): readonly string[];
  /**
   * Whether an account may write from an address: its own with any tag, an alias that names it or leads to it alone, and the
   * unknown people of a domain whose catch-all it is.
   */
  mayUse(account: string, address: string): boolean;
  /** The spelling under which an address is kept; undefined when the text is no address. */
  canonical(address: string): CanonicalAddress | undefined;
  /** What holds for the account: its own, or the default. */
  quotaOf(account: Account): Quota;
  /** As last counted. */
  usage(address: string): Usage;
  /** Bytes in the mailbox as last counted. */
  usageBytes(address: string): number;
  /** True when the quota is used up, as last counted. */
  isFull(address: string): boolean;
  /** Accounts that were full when last counted. */
  fullAccounts(): readonly string[];
  /**
   * What the mailbox store has counted. Not durable at once; becoming full, or no longer being it, is a change others must
   * hear of.
   */
  noteUsage(address: string, usage: Usage): void;
  /** Remembers the counts for the next start. Called now and then; closing does it too. */
  saveUsage(): void;
  /** Takes as long for unknown people as for known ones. */
  verifyPassword(address: string, password: string): Promise<boolean>;
  /** To the hour; undefined when never. */
  lastLoginAtMs(address: string): number | undefined;
  /** Throws APP_PASSWORD_UNFIT. */
  addAppPassword(address: string, wanted: NewAppPassword): Promise<MadeAppPassword>;
  appPasswords(address: string): readonly AppPassword[];
  /** False when there was none. */
  revokeAppPassword(address: string, id: string): boolean;
  readonly sending: SendingRules;
  /** For the logins alone. */
  readonly secrets: AccountSecrets;
  onChange(listener: () => void): void;
  /** Called when an account is gone from the book. */
  onRemoved(listener: (address: CanonicalAddress) => void): void;
}

export interface AccountBookOptions extends AddressRules {
  /** accounts.sqlite is in it. */
  readonly dir: string;
  readonly clock: Clock;
  /** For accounts without a quota of their own; absent: no limit. */
  readonly quotaDefaultBytes?: number;
  readonly quotaDefaultMessages?: number;
  /** Aliases that lead to aliases are followed this far; default 10. */
  readonly aliasDepthMax?: number;
}
