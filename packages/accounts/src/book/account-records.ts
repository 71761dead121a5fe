// accounts.sqlite and its copy in memory, kept equal: a change is durable first, then remembered, then told.
//
// Another process may write the file (the command line with the node stopped, or by mistake with the node running): that is
// noticed within a second of the next question, and everything is read again.
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '@restante/runtime';
import { inTransaction } from '@restante/runtime';
import type { Usage } from '../account-book.ts';
import { AccountTables, type TableContents } from './account-tables.ts';
import { openDatabase } from './database.ts';
import { SecretTables } from './secret-tables.ts';

const lookAgainAfterMs = 1000;
const noUse: Usage = { bytes: 0, messages: 0 };

/** What everybody may ask at any time; secrets stay on the disk. */
export interface AccountContents extends TableContents {
  readonly lastLogins: Map<string, number>;
}

interface AppPasswordUse {
  readonly address: string;
  readonly id: string;
  readonly atMs: number;
}

export class AccountRecords {
  readonly tables: AccountTables;
  readonly secretTables: SecretTables;
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #listeners: (() => void)[] = [];
  readonly #usageUnsaved = new Set<string>();
  readonly #loginsUnsaved = new Map<string, number>();
  /** By account and id. */
  readonly #usesSeen = new Map<string, number>();
  readonly #usesUnsaved = new Map<string, AppPasswordUse>();
  #contents: AccountContents;
  #version: number;
  #dataVersion: number;
  #lookedAtMs: number;

  constructor({ dir, clock }: { readonly dir: string; readonly clock: Clock }) {
    this.#database = openDatabase(dir);
    this.#clock = clock;
    this.tables = new AccountTables(this.#database);
    this.secretTables = new SecretTables(this.#database);
    this.#dataVersion = this.tables.dataVersion();
    this.#contents = this.#read();
    this.#version = this.#contents.version;
    this.#lookedAtMs = clock.monotonicMs();
  }

  /** As it is now; do not keep it. */
  get contents(): AccountContents {
    this.#lookAgain();
    return this.#contents;
  }

  get version(): number {
    this.#lookAgain();
    return this.#version;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** One change of who exists. `work` writes to the tables and gives what to do to the memory after the commit. */
  change(work: () => (contents: AccountContents) => unknown): void {
    const remember = inTransaction(this.#database, () => {
      // Inside the transaction nobody else writes: what is checked now is still true at the commit.
      if (this.#readIfChanged()) queueMicrotask(() => this.#tell());
      const result = work();
      this.tables.countUp();
      return result;
    });
    this.#version += 1;
    remember(this.#contents);
    this.#tell();
  }

  /** A change that is no change of who exists. */
  write<T>(work: () => T): T {
    return inTransaction(this.#database, () => {
      if (this.#readIfChanged()) queueMicrotask(() => this.#tell());
      return work();
    });
  }

  /** Not durable at once, and no change of who exists; so is noteUsage(). */
  noteLogin(address: string, atMs: number, appPasswordId?: string): void {
    if (this.#contents.lastLogins.get(address) !== atMs) {
      this.#contents.lastLogins.set(address, atMs);
      this.#loginsUnsaved.set(address, atMs);
    }
    const use = `${address}\0${appPasswordId}`;
    if (appPasswordId === undefined || this.#usesSeen.get(use) === atMs) return;
    this.#usesSeen.set(use, atMs);
    this.#usesUnsaved.set(use, { address, id: appPasswordId, atMs });
  }

  noteUsage(address: string, use: Usage): void {
    this.#contents.usage.set(address, use);
    this.#usageUnsaved.add(address);
  }

  /** Remembers counts and logins for the next start; counts are an estimate until the mailbox is opened. */
  saveUsage(): void {
    const { usage, accounts } = this.#contents;
    const isThere = (address: string) => accounts.has(address);
    const used = [...this.#usageUnsaved].filter(isThere);
    const logins = [...this.#loginsUnsaved].filter(([address]) => isThere(address));
    const uses = [...this.#usesUnsaved.values()];
    for (const saved of [this.#usageUnsaved, this.#loginsUnsaved, this.#usesUnsaved]) saved.clear();
    if (used.length === 0 && logins.length === 0 && uses.length === 0) return;
    inTransaction(this.#database, () => {
      this.tables.saveUsage(used.map((address) => [address, usage.get(address) ?? noUse] as const));
      this.secretTables.saveLogins(logins);
      this.secretTables.saveUses(uses);
    });
  }

  close(): void {
    this.saveUsage();
    this.#database.close();
  }

  #read(): AccountContents {
    return { ...this.tables.read(), lastLogins: this.secretTables.lastLogins() };
  }

  #lookAgain(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#lookedAtMs < lookAgainAfterMs || this.#database.isTransaction) return;
    this.#lookedAtMs = nowMs;
    if (this.#readIfChanged()) this.#tell();
  }

  #readIfChanged(): boolean {
    const dataVersion = this.tables.dataVersion();
    if (dataVersion === this.#dataVersion) return false;
    this.#dataVersion = dataVersion;
    const { usage } = this.#contents;
    this.#contents = this.#read();
    this.#version = this.#contents.version;
    for (const [address, atMs] of this.#loginsUnsaved) this.#contents.lastLogins.set(address, atMs);
    // What this process counted is newer than what anybody saved.
    for (const address of this.#usageUnsaved) {
      this.#contents.usage.set(address, usage.get(address) ?? noUse);
    }
    return true;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
