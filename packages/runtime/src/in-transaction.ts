// One transaction of SQLite: all of the work or none of it. Other processes that write wait for it; so do we for theirs.
import type { DatabaseSync } from 'node:sqlite';

export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (cause) {
    // Some failures (a full disk) have ended it already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw cause;
  }
}
