// The SQL of secrets: SCRAM keys, app passwords, last logins. Rows in, nouns out.
import type { DatabaseSync } from 'node:sqlite';
import type { ScramKeys } from '@restante/sasl';
import { type AppPassword, type AppPasswordScope, appPasswordScopes } from '../app-password.ts';

export interface KeyPair {
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

export interface AppPasswordRow extends AppPassword, KeyPair {
  readonly secretHash: Buffer;
}

type Row = Readonly<Record<string, unknown>>;

export class SecretTables {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  scramServer(): { readonly secret: Buffer; readonly iterations: number } {
    const row = this.#database.prepare('SELECT secret, iterations FROM scram_server').get() ?? {};
    return { secret: bytesOf(row['secret']), iterations: Number(row['iterations']) };
  }

  scramKeys(address: string): ScramKeys | undefined {
    const row = this.#database.prepare('SELECT * FROM scram_key WHERE address = ?').get(address);
    return (
      row && {
        salt: bytesOf(row['salt']),
        iterations: Number(row['iterations']),
        ...keyPairOf(row),
      }
    );
  }

  replaceScramKeys(address: string, keys: ScramKeys | undefined): void {
    this.#database.prepare('DELETE FROM scram_key WHERE address = ?').run(address);
    if (keys === undefined) return;
    this.#database
      .prepare('INSERT INTO scram_key VALUES (?, ?, ?, ?, ?)')
      .run(address, keys.salt, keys.iterations, keys.storedKey, keys.serverKey);
  }

  appPasswords(address: string): readonly AppPasswordRow[] {
    return this.#database
      .prepare('SELECT * FROM app_password WHERE address = ? ORDER BY created_at_ms, id')
      .all(address)
      .map(appPasswordOf);
  }

  insertAppPassword(address: string, row: AppPasswordRow): void {
    this.#database
      .prepare('INSERT INTO app_password VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)')
      .run(
        address,
        row.id,
        row.label,
        row.scopes.join(' '),
        row.secretHash,
        row.storedKey,
        row.serverKey,
        row.createdAtMs,
      );
  }

  /** False when there was none. */
  deleteAppPassword(address: string, id: string): boolean {
    const remove = this.#database.prepare('DELETE FROM app_password WHERE address = ? AND id = ?');
    return remove.run(address, id).changes > 0;
  }

  deleteSecretsOf(address: string): void {
    for (const table of ['scram_key', 'app_password', 'last_login'])
      this.#database.prepare(`DELETE FROM ${table} WHERE address = ?`).run(address);
  }

  saveLogins(logins: Iterable<readonly [address: string, atMs: number]>): void {
    const insert = this.#database.prepare('INSERT OR REPLACE INTO last_login VALUES (?, ?)');
    for (const [address, atMs] of logins) insert.run(address, atMs);
  }

  saveUses(
    uses: Iterable<{ readonly address: string; readonly id: string; readonly atMs: number }>,
  ) {
    const update = this.#database.prepare(
      'UPDATE app_password SET last_used_at_ms = ? WHERE address = ? AND id = ?',
    );
    for (const { address, id, atMs } of uses) update.run(atMs, address, id);
  }

  lastLogins(): Map<string, number> {
    const rows = this.#database.prepare('SELECT address, at_ms FROM last_login').all();
    return new Map(rows.map((row) => [String(row['address']), Number(row['at_ms'])]));
  }
}

function appPasswordOf(row: Row): AppPasswordRow {
  const lastUsedAtMs = row['last_used_at_ms'];
  return {
    id: String(row['id']),
    label: String(row['label']),
    scopes: String(row['scopes']).split(' ').filter(isScope),
    createdAtMs: Number(row['created_at_ms']),
    ...(lastUsedAtMs !== null && { lastUsedAtMs: Number(lastUsedAtMs) }),
    secretHash: bytesOf(row['secret_hash']),
    ...keyPairOf(row),
  };
}

function keyPairOf(row: Row): KeyPair {
  return { storedKey: bytesOf(row['stored_key']), serverKey: bytesOf(row['server_key']) };
}

function isScope(text: string): text is AppPasswordScope {
  return appPasswordScopes.some((scope) => scope === text);
}

function bytesOf(value: unknown): Buffer {
  return Buffer.from(value instanceof Uint8Array ? value : []);
}
