// The AccountBook over accounts.sqlite. Verbs check what they are given and answer from memory: RCPT asks resolve().
import type { AppPassword, NewAppPassword } from '../app-password.ts';
import { type CanonicalAddress, canonicalAddress } from '../canonical-address.ts';
import { AccountsError } from '../errors.ts';
import type {
  Account,
  AccountBook,
  AccountBookOptions,
  Alias,
  FilteringChange,
  MadeAppPassword,
  NewAccount,
  Quota,
  Usage,
} from '../account-book.ts';
import { AccountRecords } from './account-records.ts';
import { withFiltering, withQuota } from './changed-account.ts';
import { Names, ofDomain } from './names.ts';
import { SendingBook, withState } from './sending-book.ts';
import { type HashedSecret, SqliteAccountSecrets } from './sqlite-account-secrets.ts';
import { UsageBook } from './usage-book.ts';

export class SqliteAccountBook implements AccountBook {
  readonly #options: AccountBookOptions;
  readonly #records: AccountRecords;
  readonly #names: Names;
  readonly #usage: UsageBook;
  readonly sending: SendingBook;
  readonly secrets: SqliteAccountSecrets;
  readonly #onRemoved: ((address: CanonicalAddress) => void)[] = [];
  #isClosed = false;

  constructor(options: AccountBookOptions) {
    this.#options = options;
    this.#records = new AccountRecords(options);
    this.#names = new Names(this.#records, options);
    this.#usage = new UsageBook(this.#records, options);
    const known = (address: string) => this.#known(address);
    this.sending = new SendingBook({ records: this.#records, clock: options.clock, known });
    this.secrets = new SqliteAccountSecrets(this.#records, options.clock);
  }

  get version(): number {
    return this.#records.version;
  }

  get epoch(): string {
    return this.#records.contents.epoch;
  }

  async addAccount(account: NewAccount): Promise<Account> {
    return (await this.addAccounts([account]))[0] as Account;
  }

  async addAccounts(wanted: readonly NewAccount[]): Promise<readonly Account[]> {
    const accounts = wanted.map((account) => this.#fresh(account));
    const refuseTaken = () => this.#names.refuseTaken(accounts);
    refuseTaken();
    const secrets = await this.secrets.hashedAll(
      accounts.map(({ address }, index) => ({ ...wanted[index], address })),
    );
    this.#records.change(() => {
      // Hashing took its time: somebody else may have added one of them.
      refuseTaken();
      for (const [index, account] of accounts.entries()) {
        const secret = secrets[index] as HashedSecret;
        this.#records.tables.insertAccount(account, secret.hash);
        this.secrets.insert(account.address, secret);
      }
      return (contents) => {
        for (const account of accounts) contents.accounts.set(account.address, account);
      };
    });
    return accounts;
  }

  async setPassword(address: string, password: string): Promise<void> {
    const known = this.#known(address);
    // Not counted as a version: passwords are no part of who exists.
    this.secrets.replace(known.address, await this.secrets.hashed(known.address, { password }));
  }

  async setPasswordHash(address: string, passwordHash: string): Promise<void> {
    const known = this.#known(address);
    if (this.secrets.passwordHashOf(known.address) === passwordHash) return;
    this.secrets.replace(known.address, await this.secrets.hashed(known.address, { passwordHash }));
  }

  setState(address: string, state: Account['state']): void {
    this.#update(address, (account) => withState(account, state));
  }

  setQuota(address: string, quota: Quota): void {
    this.#update(address, (account) => withQuota(account, quota));
  }

  setFiltering(address: string, change: FilteringChange): void {
    this.#update(address, (account) => withFiltering(account, change));
  }

  removeAccount(address: string): void {
    const known = this.#known(address);
    this.#records.change(() => {
      this.#records.tables.deleteAccount(known.address);
      this.secrets.forget(known.address);
      return ({ accounts, usage }) => {
        accounts.delete(known.address);
        usage.delete(known.address);
      };
    });
    for (const listener of this.#onRemoved) listener(this.#names.canonical(known.address));
  }

  account(address: string): Account | undefined {
    // The usual caller asks with an address that resolve() gave.
    const { accounts } = this.#records.contents;
    return accounts.get(address) ?? accounts.get(this.canonical(address)?.address ?? '');
  }

  accounts(domain?: string): readonly Account[] {
    return ofDomain([...this.#records.contents.accounts.values()], domain);
  }

  setAlias(alias: Alias): void {
    this.#names.setAlias(alias);
  }

  removeAlias(alias: string): void {
    this.#names.removeAlias(alias);
  }

  aliases(domain?: string): readonly Alias[] {
    return ofDomain([...this.#records.contents.aliases.values()], domain);
  }

  setCatchAll(domain: string, target: string | undefined): void {
    this.#names.setCatchAll(domain, target);
  }

  catchAlls(): ReadonlyMap<string, string> {
    return this.#records.contents.catchAlls;
  }

  quotaOf(account: Account): Quota {
    return this.#usage.quotaOf(account);
  }

  usage(address: string): Usage {
    return this.#usage.usage(this.account(address)?.address ?? address);
  }

  usageBytes(address: string): number {
    return this.usage(address).bytes;
  }

  isFull(address: string): boolean {
    const account = this.account(address);
    return account !== undefined && this.#usage.isFull(account);
  }

  fullAccounts(): readonly string[] {
    return this.#usage.fullAccounts();
  }

  noteUsage(address: string, usage: Usage): void {
    this.#usage.note(address, usage);
  }

  async verifyPassword(address: string, password: string): Promise<boolean> {
    return (await this.secrets.verify(this.account(address)?.address, password)).isRight;
  }

  lastLoginAtMs(address: string): number | undefined {
    return this.#records.contents.lastLogins.get(this.account(address)?.address ?? address);
  }

  async addAppPassword(address: string, wanted: NewAppPassword): Promise<MadeAppPassword> {
    return this.secrets.addAppPassword(this.#known(address).address, wanted);
  }

  appPasswords(address: string): readonly AppPassword[] {
    return this.secrets.appPasswords(this.#known(address).address);
  }

  revokeAppPassword(address: string, id: string): boolean {
    return this.secrets.revokeAppPassword(this.#known(address).address, id);
  }

  onChange(listener: () => void): void {
    this.#records.onChange(listener);
  }

  resolve(address: string): readonly string[] {
    return this.#names.resolve(address);
  }

  mayUse(account: string, address: string): boolean {
    return this.#names.mayUse(account, address);
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

  /** The same account again is no change. */
  #update(address: string, changed: (account: Account) => Account): void {
    const known = this.#known(address);
    if (changed(known) === known) return;
    this.#records.change(() => {
      const account = changed(this.#known(address));
      this.#records.tables.updateAccount(account);
      return ({ accounts }) => accounts.set(account.address, account);
    });
  }

  #fresh({ address, state = 'active', quotaBytes, quotaMessages }: NewAccount): Account {
    return {
      address: this.#names.canonical(address).address,
      state,
      createdAtMs: this.#options.clock.now(),
      ...(quotaBytes !== undefined && { quotaBytes }),
      ...(quotaMessages !== undefined && { quotaMessages }),
    };
  }

  #known(address: string): Account {
    const known = this.account(address);
    if (known === undefined) throw new AccountsError('ACCOUNT_UNKNOWN', { about: address });
    return known;
  }
}
