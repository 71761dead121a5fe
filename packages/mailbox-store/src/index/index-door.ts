// The connection to an index: opened when it is used, closed when nobody has for a while, opened again when the file was
// deleted or replaced under it.
import { statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openIndexDatabase, removeIndex } from './index-database.ts';
import type { IndexPool } from './index-pool.ts';

const closedIdleMs = 30_000;

export class IndexDoor {
  readonly #path: string;
  readonly #pool: IndexPool;
  readonly #statements = new Map<string, StatementSync>();
  #database: DatabaseSync | undefined;
  #inode = 0;
  #usedAtMs = 0;

  constructor(path: string, pool: IndexPool) {
    this.#path = path;
    this.#pool = pool;
  }

  statement(sql: string): StatementSync {
    const database = this.#opened();
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  transaction(work: () => void): void {
    // Somebody deleted the file (it is allowed): what we write must not go into a file without a name.
    if (statSync(this.#path, { throwIfNoEntry: false })?.ino !== this.#inode) this.close();
    const database = this.#opened();
    database.exec('BEGIN IMMEDIATE');
    try {
      work();
      database.exec('COMMIT');
    } catch (cause) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw cause;
    }
  }

  closeIfIdle(): void {
    if (performance.now() - this.#usedAtMs > closedIdleMs) this.close();
  }

  close(): void {
    this.#pool.forget(this);
    this.#statements.clear();
    this.#database?.close();
    this.#database = undefined;
  }

  discard(): void {
    this.close();
    removeIndex(this.#path);
  }

  #opened(): DatabaseSync {
    this.#usedAtMs = performance.now();
    this.#pool.note(this);
    if (this.#database) return this.#database;
    this.#database = openIndexDatabase(this.#path);
    this.#inode = statSync(this.#path, { throwIfNoEntry: false })?.ino ?? 0;
    return this.#database;
  }
}
