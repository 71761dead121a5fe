// The AccountBook over accounts.sqlite, with everything but the password hashes in memory: resolve() runs for every RCPT.
//
// Another process may write the file (the command line with the node stopped, or by mistake with the node running): that is
// noticed within a second of the next question, and everything is read again.
import type { DatabaseSync } from 'node:sqlite';
import { parseDomain } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import { type CanonicalAddress, canonicalAddress } from '../canonical-address.ts';
import { MailboxStoreError } from '../errors.ts';
import type { Account, AccountBook, Alias, NewAccount } from '../mailbox-store.ts';
import { inTransaction, openDatabase } from './database.ts';
import { type AccountContents, AccountTables } from './account-tables.ts';
import { isPasswordHash, PasswordHasher } from './password.ts';
import { type Directory, resolveAddress, type ResolveRules } from './resolve.ts';

const lookAgainAfterMs = 1000;

export interface SqliteAccountBookOptions {
  readonly dir: string;
  readonly clock: Clock;
  readonly rules: ResolveRules;
  readonly quotaDefaultBytes?: number;
  /** Called when the account is gone from the book. */
  readonly onRemoved: (address: CanonicalAddress) => void;
}

export class SqliteAccountBook implements AccountBook, Directory {
  readonly #options: SqliteAccountBookOptions;
  readonly #database: DatabaseSync;
  readonly #tables: AccountTables;
  readonly #hasher = new PasswordHasher();
  readonly #listeners: (() => void)[] = [];
  readonly #usageUnsaved = new Set<string>();
  #contents: AccountContents;
  #version: number;
  #dataVersion: number;
  #lookedAtMs: number;

  constructor(options: SqliteAccountBookOptions) {
    this.#options = options;
    this.#database = openDatabase(options.dir);
    this.#tables = new AccountTables(this.#database);
    this.#dataVersion = this.#tables.dataVersion();
    this.#contents = this.#tables.read();
    this.#version = this.#contents.version;
    this.#lookedAtMs = options.clock.monotonicMs();
  }

  get version(): number {
    this.#lookAgain();
    return this.#version;
  }

  get epoch(): string {
    this.#lookAgain();
    return this.#contents.epoch;
  }

  async addAccount(account: NewAccount): Promise<Account> {
    const added = await this.addAccounts([account]);
    return added[0] as Account;
  }

  async addAccounts(wanted: readonly NewAccount[]): Promise<readonly Account[]> {
    const rows = wanted.map((account) => ({ account: this.#fresh(account), hash: '' }));
    this.#refuseTaken(rows.map(({ account }) => account.address));
    for (const [index, row] of rows.entries())
      row.hash = await this.#hashOf(wanted[index] as NewAccount);
    this.#change(() => {
      // Hashing took its time: somebody else may have added one of them.
      this.#refuseTaken(rows.map(({ account }) => account.address));
      this.#tables.insertAccounts(rows);
      return () =>
        rows.forEach(({ account }) => this.#contents.accounts.set(account.address, account));
    });
    return rows.map(({ account }) => account);
  }

  async setPassword(address: string, password: string): Promise<void> {
    const known = this.#known(address);
    // Not counted as a version: passwords are no part of who exists.
    this.#tables.updateHash(known.address, await this.#hasher.hash(password));
  }

  setState(address: string, state: Account['state']): void {
    this.#update(address, (account) => ({ ...account, state }));
  }

  setQuota(address: string, quotaBytes: number | undefined): void {
    this.#update(address, ({ quotaBytes: _, ...account }) => ({
      ...account,
      ...(quotaBytes !== undefined && { quotaBytes }),
    }));
  }

  removeAccount(address: string): void {
    const known = this.#known(address);
    this.#change(() => {
      this.#tables.deleteAccount(known.address);
      return () => {
        this.#contents.accounts.delete(known.address);
        this.#contents.usage.delete(known.address);
        this.#usageUnsaved.delete(known.address);
      };
    });
    this.#options.onRemoved(this.#canonical(known.address));
  }

  account(address: string): Account | undefined {
    this.#lookAgain();
    // The usual caller asks with an address that resolve() gave.
    const direct = this.#contents.accounts.get(address);
    if (direct) return direct;
    const canonical = canonicalAddress(address, this.#options.rules);
    return canonical && this.#contents.accounts.get(canonical.address);
  }

  accounts(domain?: string): readonly Account[] {
    this.#lookAgain();
    return ofDomain([...this.#contents.accounts.values()], domain);
  }

  setAlias(alias: Alias): void {
    const address = this.#canonical(alias.address).address;
    const targets = [...new Set(alias.targets.map((target) => this.#canonical(target).address))];
    if (targets.length === 0) throw new MailboxStoreError('ALIAS_EMPTY', { about: address });
    this.#refuseLoop(address, targets);
    this.#change(() => {
      this.#tables.replaceAlias(address, targets);
      return () => this.#contents.aliases.set(address, { address, targets });
    });
  }

  removeAlias(alias: string): void {
    const { address } = this.#canonical(alias);
    this.#change(() => {
      this.#tables.replaceAlias(address, []);
      return () => this.#contents.aliases.delete(address);
    });
  }

  aliases(domain?: string): readonly Alias[] {
    this.#lookAgain();
    return ofDomain([...this.#contents.aliases.values()], domain);
  }

  setCatchAll(name: string, address: string | undefined): void {
    const parsed = parseDomain(name);
    if (!parsed.ok) throw new MailboxStoreError('ADDRESS_INVALID', { about: name });
    const domain = parsed.value;
    const target = address === undefined ? undefined : this.#canonical(address).address;
    this.#change(() => {
      this.#tables.replaceCatchAll(domain, target);
      if (target === undefined) return () => this.#contents.catchAlls.delete(domain);
      return () => this.#contents.catchAlls.set(domain, target);
    });
  }

  catchAlls(): ReadonlyMap<string, string> {
    this.#lookAgain();
    return this.#contents.catchAlls;
  }

  usageBytes(address: string): number {
    return this.#contents.usage.get(this.account(address)?.address ?? address) ?? 0;
  }

  isFull(address: string): boolean {
    const account = this.account(address);
    const quotaBytes = account && this.quotaOf(account);
    return (
      account !== undefined &&
      quotaBytes !== undefined &&
      this.usageBytes(account.address) >= quotaBytes
    );
  }

  async verifyPassword(address: string, password: string): Promise<boolean> {
    const known = this.account(address);
    return this.#hasher.verify(password, known && this.#tables.hashOf(known.address));
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  resolve(address: string): readonly string[] {
    this.#lookAgain();
    return resolveAddress(address, this, this.#options.rules);
  }

  isAccount(address: string): boolean {
    return this.#contents.accounts.has(address);
  }

  targetsOf(address: string): readonly string[] | undefined {
    return this.#contents.aliases.get(address)?.targets;
  }

  catchAllOf(domain: string): string | undefined {
    return this.#contents.catchAlls.get(domain);
  }

  quotaOf(account: Account): number | undefined {
    return account.quotaBytes ?? this.#options.quotaDefaultBytes;
  }

  /** What the store has counted. Becoming full, or no longer being it, is a change the backup must hear of. */
  noteUsage(address: string, bytes: number): void {
    if (this.#contents.usage.get(address) === bytes || !this.isAccount(address)) return;
    const wasFull = this.isFull(address);
    this.#contents.usage.set(address, bytes);
    this.#usageUnsaved.add(address);
    if (wasFull !== this.isFull(address)) this.#change(() => () => undefined);
  }

  /** Addresses whose mailbox was full when last counted. */
  fullAccounts(): readonly string[] {
    return [...this.#contents.usage.keys()].filter((address) => this.isFull(address));
  }

  /** Remembers the counts for the next start; they are an estimate until the mailbox is opened. */
  saveUsage(): void {
    if (this.#usageUnsaved.size === 0) return;
    const rows = [...this.#usageUnsaved].map(
      (address) => [address, this.#contents.usage.get(address) ?? 0] as const,
    );
    this.#usageUnsaved.clear();
    inTransaction(this.#database, () => this.#tables.saveUsage(rows));
  }

  close(): void {
    this.saveUsage();
    this.#database.close();
  }

  /** One change of who exists: durable, counted, remembered, told. `work` gives what to do to the memory after the commit. */
  #change(work: () => () => unknown): void {
    const remember = inTransaction(this.#database, () => {
      // Inside the transaction nobody else writes: what is checked now is still true at the commit.
      this.#readIfChanged();
      const result = work();
      this.#tables.countUp();
      return result;
    });
    this.#version += 1;
    remember();
    this.#tell();
  }

  #update(address: string, changed: (account: Account) => Account): void {
    this.#change(() => {
      const account = changed(this.#known(address));
      this.#tables.updateAccount(account);
      return () => this.#contents.accounts.set(account.address, account);
    });
  }

  #lookAgain(): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#lookedAtMs < lookAgainAfterMs || this.#database.isTransaction) return;
    this.#lookedAtMs = nowMs;
    if (this.#readIfChanged()) this.#tell();
  }

  #readIfChanged(): boolean {
    const dataVersion = this.#tables.dataVersion();
    if (dataVersion === this.#dataVersion) return false;
    this.#dataVersion = dataVersion;
    const { usage } = this.#contents;
    this.#contents = this.#tables.read();
    this.#version = this.#contents.version;
    // What this process counted is newer than what anybody saved.
    for (const address of this.#usageUnsaved)
      this.#contents.usage.set(address, usage.get(address) ?? 0);
    return true;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #fresh({ address, quotaBytes }: NewAccount): Account {
    return {
      address: this.#canonical(address).address,
      state: 'active',
      createdAtMs: this.#options.clock.now(),
      ...(quotaBytes !== undefined && { quotaBytes }),
    };
  }

  #refuseTaken(addresses: readonly string[]): void {
    const seen = new Set<string>();
    const taken = addresses.find(
      (address) => this.isAccount(address) || seen.size === seen.add(address).size,
    );
    if (taken !== undefined) throw new MailboxStoreError('ACCOUNT_EXISTS', { about: taken });
  }

  #refuseLoop(name: string, targets: readonly string[]): void {
    const trial: Directory = {
      isAccount: (address) => this.isAccount(address),
      targetsOf: (address) => (address === name ? targets : this.targetsOf(address)),
      catchAllOf: (domain) => this.catchAllOf(domain),
    };
    const leadsTo = resolveAddress(name, trial, this.#options.rules);
    if (leadsTo.length === 0) throw new MailboxStoreError('ALIAS_LOOP', { about: name });
  }

  async #hashOf({ password, passwordHash }: NewAccount): Promise<string> {
    if (passwordHash === undefined) return this.#hasher.hash(password ?? '');
    if (!isPasswordHash(passwordHash)) throw new MailboxStoreError('PASSWORD_HASH_UNFIT');
    return passwordHash;
  }

  #canonical(address: string): CanonicalAddress {
    const canonical = canonicalAddress(address, this.#options.rules);
    if (canonical === undefined) throw new MailboxStoreError('ADDRESS_INVALID', { about: address });
    return canonical;
  }

  #known(address: string): Account {
    const known = this.account(address);
    if (known === undefined) throw new MailboxStoreError('ACCOUNT_UNKNOWN', { about: address });
    return known;
  }
}

function ofDomain<T extends { readonly address: string }>(
  all: readonly T[],
  domain: string | undefined,
): readonly T[] {
  return domain === undefined
    ? all
    : all.filter(({ address }) => address.endsWith(`@${domain.toLowerCase()}`));
}
