// content.sqlite: what it looks like, and how it is opened. Nothing in it is the only copy of anything.
//
// WAL with a sync per checkpoint: after a power cut it may lack what came last, which is then read again. A file that is damaged or of
// another version is thrown away by the writer; readers wait until there is a new one.
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Counts up when the tables, formatAbout() or the words change: everything is read anew then. */
const version = 1;

// `message.has_words` is 1 when the other tables have the message as well. The full-text table has neither text nor positions: it
// names candidates by their trigrams, and the text beside it decides.
const tables = `
CREATE TABLE message (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  has_words INTEGER NOT NULL,
  about TEXT NOT NULL
) STRICT;
CREATE TABLE field (
  id INTEGER PRIMARY KEY,
  from_words TEXT,
  to_words TEXT,
  cc_words TEXT,
  bcc_words TEXT,
  subject_words TEXT
) STRICT;
CREATE TABLE text (
  id INTEGER PRIMARY KEY,
  header TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE trigram USING fts5(
  header, body, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1'
);
`;

/** For the writer. Throws only when not even a new file can be made; `onThrownAway` hears of a file that was not fit. */
export function openForWriting(path: string, onThrownAway: (cause: unknown) => void): DatabaseSync {
  try {
    return openAndCheck(path);
  } catch (cause) {
    onThrownAway(cause);
    removeDatabase(path);
    return openAndCheck(path);
  }
}

/** For reading only; undefined when there is no file of this version yet. Throws when it is damaged. */
export function openForReading(path: string): DatabaseSync | undefined {
  // SQLite would make one.
  if (!existsSync(path)) return undefined;
  // Not read-only: the last to close a WAL file has to be able to tidy it up.
  const database = new DatabaseSync(path, { timeout: 100 });
  try {
    if (userVersion(database) === version) {
      database.exec('PRAGMA query_only = ON; PRAGMA cache_size = -1024');
      return database;
    }
    database.close();
    return undefined;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

export function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}

function openAndCheck(path: string): DatabaseSync {
  // No directory is made: that of an account which was moved away must not come back.
  // SQLite would make it readable for everybody; its companions (-wal, -shm) copy this mode.
  closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path, { timeout: 5000 });
  try {
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8192; PRAGMA trusted_schema = OFF',
    );
    const found = userVersion(database);
    if (found !== 0 && found !== version) throw new Error(`Version ${found} of the content index.`);
    if (found === 0) create(database);
    // Not the whole check: that would read the whole file. Damage elsewhere shows when it is met, and is treated likewise.
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

function create(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have been faster between our look and our lock.
    if (userVersion(database) === 0) database.exec(`${tables} PRAGMA user_version = ${version}`);
    database.exec('COMMIT');
  } catch (cause) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw cause;
  }
}

function userVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}
