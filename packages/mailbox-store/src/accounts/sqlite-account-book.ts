// The AccountBook over accounts.sqlite: every verb checks what it is given, changes the records and answers from memory,
// for resolve() runs for every RCPT.
import { parseDomain } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import { type CanonicalAddress, canonicalAddress } from '../canonical-address.ts';
import { MailboxStoreError } from '../errors.ts';
import type { Account, AccountBook, Alias, NewAccount } from '../mailbox-store.ts';
import { AccountRecords } from './account-records.ts';
import { PasswordHasher } from './password.ts';
import { type Directory, leadsNowhere, resolveAddress, type ResolveRules } from './resolve.ts';

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
  readonly #records: AccountRecords;
  readonly #hasher = new PasswordHasher();

  constructor(options: SqliteAccountBookOptions) {
    this.#options = options;
    this.#records = new AccountRecords(options);
  }

  get version(): number {
    return this.#records.version;
  }

  get epoch(): string {
    return this.#records.contents.epoch;
  }

  async addAccount(account: NewAccount): Promise<Account> {
    const added = await this.addAccounts([account]);
    return added[0] as Account;
  }

  async addAccounts(wanted: readonly NewAccount[]): Promise<readonly Account[]> {
    const rows = wanted.map((account) => ({ account: this.#fresh(account), hash: '' }));
    this.#refuseTaken(rows.map(({ account }) => account.address));
    for (const [index, row] of rows.entries())
      row.hash = await this.#hasher.hashFor(wanted[index] as NewAccount);
    this.#records.change(() => {
      // Hashing took its time: somebody else may have added one of them.
      this.#refuseTaken(rows.map(({ account }) => account.address));
      this.#records.tables.insertAccounts(rows);
      return ({ accounts }) =>
        rows.forEach(({ account }) => accounts.set(account.address, account));
    });
    return rows.map(({ account }) => account);
  }

  async setPassword(address: string, password: string): Promise<void> {
    const known = this.#known(address);
    // Not counted as a version: passwords are no part of who exists.
    this.#records.tables.updateHash(known.address, await this.#hasher.hash(password));
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
    this.#records.change(() => {
      this.#records.tables.deleteAccount(known.address);
      return ({ accounts, usage }) => {
        accounts.delete(known.address);
        usage.delete(known.address);
      };
    });
    this.#options.onRemoved(this.#canonical(known.address));
  }

  account(address: string): Account | undefined {
    // The usual caller asks with an address that resolve() gave.
    const direct = this.#records.contents.accounts.get(address);
    if (direct) return direct;
    const canonical = canonicalAddress(address, this.#options.rules);
    return canonical && this.#records.contents.accounts.get(canonical.address);
  }

  accounts(domain?: string): readonly Account[] {
    return ofDomain([...this.#records.contents.accounts.values()], domain);
  }

  setAlias(alias: Alias): void {
    const address = this.#canonical(alias.address).address;
    const targets = [...new Set(alias.targets.map((target) => this.#canonical(target).address))];
    if (targets.length === 0) throw new MailboxStoreError('ALIAS_EMPTY', { about: address });
    if (leadsNowhere({ address, targets }, this, this.#options.rules)) {
      throw new MailboxStoreError('ALIAS_LOOP', { about: address });
    }
    this.#records.change(() => {
      this.#records.tables.replaceAlias(address, targets);
      return ({ aliases }) => aliases.set(address, { address, targets });
    });
  }

  removeAlias(alias: string): void {
    const { address } = this.#canonical(alias);
    this.#records.change(() => {
      this.#records.tables.replaceAlias(address, []);
      return ({ aliases }) => aliases.delete(address);
    });
  }

  aliases(domain?: string): readonly Alias[] {
    return ofDomain([...this.#records.contents.aliases.values()], domain);
  }

  setCatchAll(name: string, address: string | undefined): void {
    const parsed = parseDomain(name);
    if (!parsed.ok) throw new MailboxStoreError('ADDRESS_INVALID', { about: name });
    const domain = parsed.value;
    const target = address === undefined ? undefined : this.#canonical(address).address;
    this.#records.change(() => {
      this.#records.tables.replaceCatchAll(domain, target);
      if (target === undefined) return ({ catchAlls }) => catchAlls.delete(domain);
      return ({ catchAlls }) => catchAlls.set(domain, target);
    });
  }

  catchAlls(): ReadonlyMap<string, string> {
    return this.#records.contents.catchAlls;
  }

  usageBytes(address: string): number {
    return this.#records.contents.usage.get(this.account(address)?.address ?? address) ?? 0;
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
    return this.#hasher.verify(password, known && this.#records.tables.hashOf(known.address));
  }

  onChange(listener: () => void): void {
    this.#records.onChange(listener);
  }

  resolve(address: string): readonly string[] {
    return resolveAddress(address, this, this.#options.rules);
  }

  isAccount(address: string): boolean {
    return this.#records.contents.accounts.has(address);
  }

  targetsOf(address: string): readonly string[] | undefined {
    return this.#records.contents.aliases.get(address)?.targets;
  }

  catchAllOf(domain: string): string | undefined {
    return this.#records.contents.catchAlls.get(domain);
  }

  quotaOf(account: Account): number | undefined {
    return account.quotaBytes ?? this.#options.quotaDefaultBytes;
  }

  /** What the store has counted. Becoming full, or no longer being it, is a change the backup must hear of. */
  noteUsage(address: string, bytes: number): void {
    if (this.#records.contents.usage.get(address) === bytes || !this.isAccount(address)) return;
    const wasFull = this.isFull(address);
    this.#records.noteUsage(address, bytes);
    if (wasFull !== this.isFull(address)) this.#records.change(() => () => undefined);
  }

  /** Addresses whose mailbox was full when last counted. */
  fullAccounts(): readonly string[] {
    return [...this.#records.contents.usage.keys()].filter((address) => this.isFull(address));
  }

  saveUsage(): void {
    this.#records.saveUsage();
  }

  close(): void {
    this.#records.close();
  }

  #update(address: string, changed: (account: Account) => Account): void {
    this.#records.change(() => {
      const account = changed(this.#known(address));
      this.#records.tables.updateAccount(account);
      return ({ accounts }) => accounts.set(account.address, account);
    });
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
