// The AccountBook over accounts.sqlite: every verb checks what it is given, changes the records and answers from memory,
// for resolve() runs for every RCPT.
import { parseDomain } from '@restante/mail-model';
import { type CanonicalAddress, canonicalAddress } from '../canonical-address.ts';
import { AccountsError } from '../errors.ts';
import type {
  Account,
  AccountBook,
  AccountBookOptions,
  Alias,
  NewAccount,
  Quota,
  Usage,
} from '../account-book.ts';
import { AccountRecords } from './account-records.ts';
import { PasswordHasher } from '../passwords/password-hasher.ts';
import { type Directory, leadsNowhere, resolveAddress } from './resolve.ts';

const noUse: Usage = { bytes: 0, messages: 0 };

export class SqliteAccountBook implements AccountBook, Directory {
  readonly #options: AccountBookOptions;
  readonly #records: AccountRecords;
  readonly #hasher = new PasswordHasher();
  readonly #onRemoved: ((address: CanonicalAddress) => void)[] = [];
  #isClosed = false;

  constructor(options: AccountBookOptions) {
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

  setQuota(address: string, { bytes, messages }: Quota): void {
    this.#update(address, ({ address: name, state, createdAtMs }) => ({
      address: name,
      state,
      createdAtMs,
      ...(bytes !== undefined && { quotaBytes: bytes }),
      ...(messages !== undefined && { quotaMessages: messages }),
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
    for (const listener of this.#onRemoved) listener(this.#canonical(known.address));
  }

  account(address: string): Account | undefined {
    // The usual caller asks with an address that resolve() gave.
    const direct = this.#records.contents.accounts.get(address);
    if (direct) return direct;
    const canonical = canonicalAddress(address, this.#options);
    return canonical && this.#records.contents.accounts.get(canonical.address);
  }

  accounts(domain?: string): readonly Account[] {
    return ofDomain([...this.#records.contents.accounts.values()], domain);
  }

  setAlias(alias: Alias): void {
    const address = this.#canonical(alias.address).address;
    const targets = [...new Set(alias.targets.map((target) => this.#canonical(target).address))];
    if (targets.length === 0) throw new AccountsError('ALIAS_EMPTY', { about: address });
    if (leadsNowhere({ address, targets }, this, this.#options)) {
      throw new AccountsError('ALIAS_LOOP', { about: address });
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
    if (!parsed.ok) throw new AccountsError('ADDRESS_INVALID', { about: name });
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

  usage(address: string): Usage {
    return this.#records.contents.usage.get(this.account(address)?.address ?? address) ?? noUse;
  }

  usageBytes(address: string): number {
    return this.usage(address).bytes;
  }

  isFull(address: string): boolean {
    const account = this.account(address);
    if (account === undefined) return false;
    const used = this.usage(account.address);
    const { bytes = Infinity, messages = Infinity } = this.quotaOf(account);
    return used.bytes >= bytes || used.messages >= messages;
  }

  async verifyPassword(address: string, password: string): Promise<boolean> {
    const known = this.account(address);
    return this.#hasher.verify(password, known && this.#records.tables.hashOf(known.address));
  }

  onChange(listener: () => void): void {
    this.#records.onChange(listener);
  }

  resolve(address: string): readonly string[] {
    return resolveAddress(address, this, this.#options);
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

  quotaOf({ quotaBytes, quotaMessages }: Account): Quota {
    const bytes = quotaBytes ?? this.#options.quotaDefaultBytes;
    const messages = quotaMessages ?? this.#options.quotaDefaultMessages;
    return { ...(bytes !== undefined && { bytes }), ...(messages !== undefined && { messages }) };
  }

  noteUsage(address: string, { bytes, messages }: Usage): void {
    const before = this.#records.contents.usage.get(address);
    if (before?.bytes === bytes && before.messages === messages) return;
    if (!this.isAccount(address)) return;
    const wasFull = this.isFull(address);
    this.#records.noteUsage(address, { bytes, messages });
    if (wasFull !== this.isFull(address)) this.#records.change(() => () => undefined);
  }

  fullAccounts(): readonly string[] {
    return [...this.#records.contents.usage.keys()].filter((address) => this.isFull(address));
  }

  saveUsage(): void {
    this.#records.saveUsage();
  }

  canonical(address: string): CanonicalAddress | undefined {
    return canonicalAddress(address, this.#options);
  }

  onRemoved(listener: (address: CanonicalAddress) => void): void {
    this.#onRemoved.push(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#records.close();
  }

  #update(address: string, changed: (account: Account) => Account): void {
    this.#records.change(() => {
      const account = changed(this.#known(address));
      this.#records.tables.updateAccount(account);
      return ({ accounts }) => accounts.set(account.address, account);
    });
  }

  #fresh({ address, quotaBytes, quotaMessages }: NewAccount): Account {
    return {
      address: this.#canonical(address).address,
      state: 'active',
      createdAtMs: this.#options.clock.now(),
      ...(quotaBytes !== undefined && { quotaBytes }),
      ...(quotaMessages !== undefined && { quotaMessages }),
    };
  }

  #refuseTaken(addresses: readonly string[]): void {
    const seen = new Set<string>();
    const taken = addresses.find(
      (address) => this.isAccount(address) || seen.size === seen.add(address).size,
    );
    if (taken !== undefined) throw new AccountsError('ACCOUNT_EXISTS', { about: taken });
  }

  #canonical(address: string): CanonicalAddress {
    const canonical = canonicalAddress(address, this.#options);
    if (canonical === undefined) throw new AccountsError('ADDRESS_INVALID', { about: address });
    return canonical;
  }

  #known(address: string): Account {
    const known = this.account(address);
    if (known === undefined) throw new AccountsError('ACCOUNT_UNKNOWN', { about: address });
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
