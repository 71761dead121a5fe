// accounts.sqlite and its copy in memory, kept equal: a change is durable first, then remembered, then told.
//
// Another process may write the file (the command line with the node stopped, or by mistake with the node running): that is
// noticed within a second of the next question, and everything is read again.
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '@restante/runtime';
import type { Usage } from '../account-book.ts';
import { type AccountContents, AccountTables } from './account-tables.ts';
import { inTransaction, openDatabase } from './database.ts';

const lookAgainAfterMs = 1000;
const noUse: Usage = { bytes: 0, messages: 0 };

export class AccountRecords {
  readonly tables: AccountTables;
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #listeners: (() => void)[] = [];
  readonly #usageUnsaved = new Set<string>();
  #contents: AccountContents;
  #version: number;
  #dataVersion: number;
  #lookedAtMs: number;

  constructor({ dir, clock }: { readonly dir: string; readonly clock: Clock }) {
    this.#database = openDatabase(dir);
    this.#clock = clock;
    this.tables = new AccountTables(this.#database);
    this.#dataVersion = this.tables.dataVersion();
    this.#contents = this.tables.read();
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

  /** Not durable at once and no change of who exists. */
  noteUsage(address: string, use: Usage): void {
    this.#contents.usage.set(address, use);
    this.#usageUnsaved.add(address);
  }

  /** Remembers the counts for the next start; they are an estimate until the mailbox is opened. */
  saveUsage(): void {
    const { usage, accounts } = this.#contents;
    const addresses = [...this.#usageUnsaved].filter((address) => accounts.has(address));
    this.#usageUnsaved.clear();
    if (addresses.length === 0) return;
    const rows = addresses.map((address) => [address, usage.get(address) ?? noUse] as const);
    inTransaction(this.#database, () => this.tables.saveUsage(rows));
  }

  close(): void {
    this.saveUsage();
    this.#database.close();
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
    this.#contents = this.tables.read();
    this.#version = this.#contents.version;
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
