// Where histories outlive a restart: one SQLite file, one row an account, written behind and together.
//
// It is a memory, not a truth: a file that is damaged or cannot be written costs what was learned, and is said. Losing a second
// of it at a power cut is fine.
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readHistory, writeHistory } from './history-row.ts';
import type { SenderHistory } from './sender-history.ts';

export interface HistoryStore extends Disposable {
  load(account: string): SenderHistory | undefined;
  save(histories: ReadonlyMap<string, SenderHistory>): void;
  forget(account: string): void;
}

const unusedMaxMs = 400 * 86_400_000;
/** `CREATE TABLE IF NOT EXISTS` and no migration: a new shape is a new file name. */
const fileName = 'sending-1.sqlite';

/** Throws what opening throws. */
export function openHistoryStore(dir: string, nowMs: number): HistoryStore {
  const path = join(dir, fileName);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path, { timeout: 1000 });
  try {
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF;
       CREATE TABLE IF NOT EXISTS sender (
         account TEXT PRIMARY KEY,
         changed_at_ms INTEGER NOT NULL,
         facts TEXT NOT NULL,
         now_bits BLOB NOT NULL,
         before_bits BLOB
       ) STRICT, WITHOUT ROWID;`,
    );
    database.prepare('DELETE FROM sender WHERE changed_at_ms < ?').run(nowMs - unusedMaxMs);
  } catch (cause) {
    database.close();
    throw cause;
  }
  const read = database.prepare('SELECT * FROM sender WHERE account = ?');
  const write = database.prepare('INSERT OR REPLACE INTO sender VALUES (?, ?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM sender WHERE account = ?');
  return {
    load(account) {
      const row = read.get(account);
      return row === undefined ? undefined : readHistory(row);
    },
    save(histories) {
      database.exec('BEGIN IMMEDIATE');
      try {
        for (const [account, history] of histories) {
          const { changedAtMs, facts, nowBits, beforeBits } = writeHistory(history);
          write.run(account, changedAtMs, facts, nowBits, beforeBits);
        }
        database.exec('COMMIT');
      } catch (cause) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw cause;
      }
    },
    forget(account) {
      remove.run(account);
    },
    [Symbol.dispose]() {
      database.close();
    },
  };
}
