// Opens accounts.sqlite: private, WAL, every commit synced, migrated.
//
// `PRAGMA user_version` counts the migrations that ran; each is one transaction. A file of a newer version is refused
// rather than guessed at, and a damaged one is reported at once rather than by a wrong answer later.
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '@restante/runtime';
import { AccountsError } from '../errors.ts';

const migrations: readonly string[] = [
  `CREATE TABLE book (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     epoch TEXT NOT NULL,
     version INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE account (
     address TEXT PRIMARY KEY,
     password_hash TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('active', 'suspended')),
     quota_bytes INTEGER CHECK (quota_bytes >= 0),
     created_at_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE alias_target (
     address TEXT NOT NULL,
     position INTEGER NOT NULL,
     target TEXT NOT NULL,
     PRIMARY KEY (address, position)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE catch_all (
     domain TEXT PRIMARY KEY,
     target TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE usage (
     address TEXT PRIMARY KEY,
     bytes INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  `ALTER TABLE account ADD COLUMN quota_messages INTEGER CHECK (quota_messages >= 0);
   ALTER TABLE usage ADD COLUMN messages INTEGER NOT NULL DEFAULT 0;`,
  // One salt per person for all her secrets is made from this key, and so is what strangers are told about nobody.
  `CREATE TABLE scram_server (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     secret BLOB NOT NULL,
     iterations INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE scram_key (
     address TEXT PRIMARY KEY,
     salt BLOB NOT NULL,
     iterations INTEGER NOT NULL,
     stored_key BLOB NOT NULL,
     server_key BLOB NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE app_password (
     address TEXT NOT NULL,
     id TEXT NOT NULL,
     label TEXT NOT NULL,
     scopes TEXT NOT NULL,
     secret_hash BLOB NOT NULL,
     stored_key BLOB NOT NULL,
     server_key BLOB NOT NULL,
     created_at_ms INTEGER NOT NULL,
     last_used_at_ms INTEGER,
     PRIMARY KEY (address, id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE last_login (
     address TEXT PRIMARY KEY,
     at_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  `ALTER TABLE account ADD COLUMN junk TEXT NOT NULL DEFAULT 'folder' CHECK (junk IN ('folder', 'inbox'));
   ALTER TABLE account ADD COLUMN filtering TEXT NOT NULL DEFAULT 'normal' CHECK (filtering IN ('normal', 'off'));`,
  `CREATE TABLE suspension (
     address TEXT PRIMARY KEY,
     scope TEXT NOT NULL CHECK (scope IN ('sending', 'all')),
     reason TEXT NOT NULL,
     since_ms INTEGER NOT NULL,
     by TEXT NOT NULL CHECK (by IN ('operator', 'watch')),
     is_confirmed_spammer INTEGER NOT NULL CHECK (is_confirmed_spammer IN (0, 1))
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE send_limit (
     address TEXT PRIMARY KEY,
     recipients_per_hour INTEGER CHECK (recipients_per_hour > 0),
     recipients_per_day INTEGER CHECK (recipients_per_day > 0)
   ) STRICT, WITHOUT ROWID;`,
];

// RFC 7677 §4: at least 4096. The same for everybody and for ever, for a second value would tell who is old here.
const scramIterations = 65_536;

/** Opens or makes `dir`/accounts.sqlite. Throws ACCOUNTS_UNREADABLE or ACCOUNTS_TOO_NEW. */
export function openDatabase(dir: string): DatabaseSync {
  const path = join(dir, 'accounts.sqlite');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  let database: DatabaseSync | undefined;
  try {
    // SQLite would make it readable for everybody; its companions (-wal, -shm) copy this mode.
    closeSync(openSync(path, 'a', 0o600));
    database = new DatabaseSync(path, { timeout: 5000, enableForeignKeyConstraints: true });
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;',
    );
    const check = database.prepare('PRAGMA quick_check(1)').get();
    if (check?.['quick_check'] !== 'ok') throw new Error(String(check?.['quick_check']));
    migrate(database);
    return database;
  } catch (cause) {
    database?.close();
    if (cause instanceof AccountsError) throw cause;
    throw new AccountsError('ACCOUNTS_UNREADABLE', { about: path, cause });
  }
}

function migrate(database: DatabaseSync): void {
  const versionNow = () => Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (versionNow() === migrations.length) return;
  inTransaction(database, () => {
    // Asked again: another process may have migrated while this one waited for its turn.
    const done = versionNow();
    if (done > migrations.length)
      throw new AccountsError('ACCOUNTS_TOO_NEW', { about: `version ${done}` });
    for (const migration of migrations.slice(done)) database.exec(migration);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    if (done === 0)
      database.prepare('INSERT INTO book VALUES (1, ?, 1)').run(randomBytes(16).toString('hex'));
    database
      .prepare('INSERT OR IGNORE INTO scram_server VALUES (1, ?, ?)')
      .run(randomBytes(32), scramIterations);
  });
}
