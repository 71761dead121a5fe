// The SQL of the account book, and nothing else: every statement once, rows in, nouns out.
import type { DatabaseSync } from 'node:sqlite';
import type { Account, Alias, Usage } from '../account-book.ts';
import { SendingTables } from './sending-tables.ts';

/** Everything but the password hashes. */
export interface TableContents {
  readonly epoch: string;
  readonly version: number;
  readonly accounts: Map<string, Account>;
  readonly aliases: Map<string, Alias>;
  readonly catchAlls: Map<string, string>;
  readonly usage: Map<string, Usage>;
}

export class AccountTables {
  readonly #database: DatabaseSync;
  readonly #sending: SendingTables;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#sending = new SendingTables(database);
  }

  /** Grows when another connection has committed something. */
  dataVersion(): number {
    return Number(this.#database.prepare('PRAGMA data_version').get()?.['data_version']);
  }

  read(): TableContents {
    const book = this.#database.prepare('SELECT epoch, version FROM book').get();
    return {
      epoch: String(book?.['epoch']),
      version: Number(book?.['version']),
      accounts: this.#accounts(),
      aliases: this.#aliases(),
      catchAlls: new Map(this.#pairs('SELECT domain, target FROM catch_all')),
      usage: this.#usage(),
    };
  }

  countUp(): void {
    this.#database.exec('UPDATE book SET version = version + 1');
  }

  insertAccount(account: Account, hash: string): void {
    const insert = this.#database.prepare(
      `INSERT INTO account (address, password_hash, state, quota_bytes, created_at_ms, quota_messages, junk, filtering)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    insert.run(
      account.address,
      hash,
      account.state,
      account.quotaBytes ?? null,
      account.createdAtMs,
      account.quotaMessages ?? null,
      account.junk ?? 'folder',
      account.filtering ?? 'normal',
    );
  }

  updateAccount(account: Account): void {
    const update =
      'UPDATE account SET state = ?, quota_bytes = ?, quota_messages = ?, junk = ?, filtering = ? WHERE address = ?';
    const { address, state, quotaBytes = null, quotaMessages = null } = account;
    const { junk = 'folder', filtering = 'normal' } = account;
    this.#database.prepare(update).run(state, quotaBytes, quotaMessages, junk, filtering, address);
    this.#sending.save(account);
  }

  updateHash(address: string, hash: string): void {
    this.#database
      .prepare('UPDATE account SET password_hash = ? WHERE address = ?')
      .run(hash, address);
  }

  hashOf(address: string): string | undefined {
    const row = this.#database
      .prepare('SELECT password_hash FROM account WHERE address = ?')
      .get(address);
    return row && String(row['password_hash']);
  }

  deleteAccount(address: string): void {
    this.#database.prepare('DELETE FROM account WHERE address = ?').run(address);
    this.#database.prepare('DELETE FROM usage WHERE address = ?').run(address);
    this.#sending.delete(address);
  }

  replaceAlias(address: string, targets: readonly string[]): void {
    this.#database.prepare('DELETE FROM alias_target WHERE address = ?').run(address);
    const insert = this.#database.prepare('INSERT INTO alias_target VALUES (?, ?, ?)');
    targets.forEach((target, position) => insert.run(address, position, target));
  }

  replaceCatchAll(domain: string, target: string | undefined): void {
    this.#database.prepare('DELETE FROM catch_all WHERE domain = ?').run(domain);
    if (target !== undefined)
      this.#database.prepare('INSERT INTO catch_all VALUES (?, ?)').run(domain, target);
  }

  saveUsage(rows: readonly (readonly [address: string, usage: Usage])[]): void {
    const insert = this.#database.prepare(
      'INSERT OR REPLACE INTO usage (address, bytes, messages) VALUES (?, ?, ?)',
    );
    for (const [address, { bytes, messages }] of rows) insert.run(address, bytes, messages);
  }

  #accounts(): Map<string, Account> {
    const accounts = new Map<string, Account>();
    const suspensions = this.#sending.suspensions();
    const limits = this.#sending.limits();
    for (const row of this.#database
      .prepare(
        'SELECT address, state, quota_bytes, quota_messages, created_at_ms, junk, filtering FROM account',
      )
      .iterate()) {
      const address = String(row['address']);
      const suspension = suspensions.get(address);
      const sendLimits = limits.get(address);
      accounts.set(address, {
        address,
        state: row['state'] === 'suspended' ? 'suspended' : 'active',
        createdAtMs: Number(row['created_at_ms']),
        ...(row['quota_bytes'] !== null && { quotaBytes: Number(row['quota_bytes']) }),
        ...(row['quota_messages'] !== null && { quotaMessages: Number(row['quota_messages']) }),
        ...(row['junk'] === 'inbox' && { junk: 'inbox' as const }),
        ...(row['filtering'] === 'off' && { filtering: 'off' as const }),
        ...(suspension !== undefined && { suspension }),
        ...(sendLimits !== undefined && { sendLimits }),
      });
    }
    return accounts;
  }

  #usage(): Map<string, Usage> {
    const rows = this.#database.prepare('SELECT address, bytes, messages FROM usage').all();
    return new Map(
      rows.map((row) => [
        String(row['address']),
        { bytes: Number(row['bytes']), messages: Number(row['messages']) },
      ]),
    );
  }

  #aliases(): Map<string, Alias> {
    const aliases = new Map<string, Alias & { readonly targets: string[] }>();
    for (const [address, target] of this.#pairs(
      'SELECT address, target FROM alias_target ORDER BY address, position',
    )) {
      const alias = aliases.get(address) ?? { address, targets: [] };
      alias.targets.push(target);
      aliases.set(address, alias);
    }
    return aliases;
  }

  #pairs(query: string): readonly (readonly [string, string])[] {
    return this.#database
      .prepare(query)
      .all()
      .map((row) => {
        const [first, second] = Object.values(row);
        return [String(first), String(second)] as const;
      });
  }
}
