// The index of one account: an SQLite file beside the Maildir that remembers what listing and reading would find again.
//
// Promise: nothing in it is the only copy of anything. A file that is missing, damaged or of another version is begun anew.
// WAL without a sync per commit: after a power cut it may be older than the disk, never torn, and the disk is looked at.
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const version = 1;

const tables = `
CREATE TABLE folder (
  id INTEGER PRIMARY KEY,
  guid TEXT NOT NULL UNIQUE,
  uid_validity INTEGER NOT NULL,
  uid_next INTEGER NOT NULL,
  highest_modseq INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  vanished_from INTEGER NOT NULL,
  messages INTEGER NOT NULL DEFAULT 0,
  unseen INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0,
  size_bytes INTEGER NOT NULL DEFAULT 0,
  uid_list TEXT NOT NULL DEFAULT '',
  directories TEXT NOT NULL DEFAULT '',
  keywords TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE message (
  folder INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  modseq INTEGER NOT NULL,
  place TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  received INTEGER NOT NULL,
  saved INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (folder, uid)
) STRICT, WITHOUT ROWID;
CREATE TABLE vanished (
  folder INTEGER NOT NULL,
  modseq INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  PRIMARY KEY (folder, modseq, uid)
) STRICT, WITHOUT ROWID;
`;

/** Opens the index, making it anew when it cannot be used. Throws only when not even that is possible. */
export function openIndexDatabase(path: string): DatabaseSync {
  try {
    return openAndCheck(path);
  } catch (cause) {
    // Busy or out of room is no reason to throw it away.
    if (!isUnusable(cause)) throw cause;
    // Damaged or of another version: what was in it is found again on the disk.
    removeIndex(path);
    return openAndCheck(path);
  }
}

function openAndCheck(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5000 });
  try {
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -1024',
    );
    const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (found === 0) create(database);
    else if (found !== version) throw new UnusableIndex(`Index version ${found}.`);
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

class UnusableIndex extends Error {}

export function removeIndex(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
export function isDamage(cause: unknown): boolean {
  return [11, 26].includes(codeOf(cause));
}

/** Also SQLITE_ERROR: tables that are not there. */
function isUnusable(cause: unknown): boolean {
  return cause instanceof UnusableIndex || isDamage(cause) || codeOf(cause) === 1;
}

/** SQLite's primary result code. */
function codeOf(cause: unknown): number {
  return cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) & 0xff : 0;
}

function create(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have been faster between our look and our lock.
    const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (found === 0) database.exec(`${tables} PRAGMA user_version = ${version}`);
    database.exec('COMMIT');
  } catch (cause) {
    database.exec('ROLLBACK');
    throw cause;
  }
}
