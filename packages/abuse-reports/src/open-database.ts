// Opens reports.sqlite: private, WAL, migrated. Holds counts only; a power cut may cost the last seconds of them (synchronous NORMAL),
// never the file. A damaged one is set aside and begun anew: no site stays away because of counts.
import { closeSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '@restante/runtime';
import { AbuseReportsError } from './errors.ts';
import type { ReportsEventSink } from './reports-event.ts';

const migrations: readonly string[] = [
  // Received: complaints, and the rows of aggregates. Empty texts stand for "all others" once a day has too many to tell apart.
  `CREATE TABLE complaint (
     day TEXT NOT NULL,
     feedback_type TEXT NOT NULL,
     domain TEXT NOT NULL,
     account TEXT NOT NULL,
     incidents INTEGER NOT NULL,
     PRIMARY KEY (day, feedback_type, domain, account)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE dmarc_row (
     day TEXT NOT NULL,
     domain TEXT NOT NULL,
     source TEXT NOT NULL,
     dkim INTEGER NOT NULL,
     spf INTEGER NOT NULL,
     disposition TEXT NOT NULL,
     messages INTEGER NOT NULL,
     PRIMARY KEY (day, domain, source, dkim, spf, disposition)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE dmarc_report (
     day TEXT NOT NULL,
     domain TEXT NOT NULL,
     reporter TEXT NOT NULL,
     report_id TEXT NOT NULL,
     PRIMARY KEY (domain, reporter, report_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX dmarc_report_day ON dmarc_report (day);`,
  // To be sent: what we evaluated ourselves.
  `CREATE TABLE tally_domain (
     day TEXT NOT NULL,
     domain TEXT NOT NULL,
     published TEXT NOT NULL,
     report_to TEXT NOT NULL,
     rows INTEGER NOT NULL,
     left_out INTEGER NOT NULL,
     is_done INTEGER NOT NULL,
     PRIMARY KEY (day, domain)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE tally_row (
     day TEXT NOT NULL,
     domain TEXT NOT NULL,
     row TEXT NOT NULL,
     messages INTEGER NOT NULL,
     PRIMARY KEY (day, domain, row)
   ) STRICT, WITHOUT ROWID;`,
];

export interface OpenOptions {
  readonly dir: string;
  /** How long another process of the site is waited for, with everything standing still here. */
  readonly lockWaitMs: number;
  readonly onEvent: ReportsEventSink;
}

/** Opens or makes `dir`/reports.sqlite. Throws REPORTS_UNREADABLE or REPORTS_TOO_NEW. */
export function openReportsDatabase({ dir, lockWaitMs, onEvent }: OpenOptions): DatabaseSync {
  const path = join(dir, 'reports.sqlite');
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    try {
      return openFile(path, lockWaitMs);
    } catch (cause) {
      if (!isDamage(cause)) throw cause;
      setAside(path);
      onEvent({ name: 'reports.set-aside', path, cause });
      return openFile(path, lockWaitMs);
    }
  } catch (cause) {
    if (cause instanceof AbuseReportsError) throw cause;
    throw new AbuseReportsError('REPORTS_UNREADABLE', { about: path, cause });
  }
}

function openFile(path: string, lockWaitMs: number): DatabaseSync {
  // SQLite would make it readable for everybody; its companions (-wal, -shm) copy this mode.
  closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path, { timeout: lockWaitMs });
  try {
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF;',
    );
    migrate(database);
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
function isDamage(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('errcode' in cause)) return false;
  const code = Number(cause.errcode) & 0xff;
  return code === 11 || code === 26;
}

function setAside(path: string): void {
  for (const companion of ['', '-wal', '-shm']) {
    if (existsSync(path + companion)) renameSync(path + companion, `${path}.damaged${companion}`);
  }
}

function migrate(database: DatabaseSync): void {
  const versionNow = () => Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (versionNow() === migrations.length) return;
  inTransaction(database, () => {
    // Asked again: another process may have migrated while this one waited for its turn.
    const done = versionNow();
    if (done > migrations.length)
      throw new AbuseReportsError('REPORTS_TOO_NEW', { about: `version ${done}` });
    for (const migration of migrations.slice(done)) database.exec(migration);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}
