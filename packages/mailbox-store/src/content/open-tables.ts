// The files the worker has open: a few at a time, those used last. A file that proves damaged is begun anew and the work done once more.
import type { DatabaseSync } from 'node:sqlite';
import { openForWriting, removeDatabase } from './content-database.ts';
import { WordTables } from './word-tables.ts';

/** Each costs up to 8 MiB of pages. */
const openMax = 8;

interface OpenFile {
  readonly database: DatabaseSync;
  readonly tables: WordTables;
}

export class OpenTables {
  readonly #open = new Map<string, OpenFile>();
  readonly #onThrownAway: (path: string, cause: unknown) => void;

  constructor(onThrownAway: (path: string, cause: unknown) => void) {
    this.#onThrownAway = onThrownAway;
  }

  use<T>(path: string, work: (tables: WordTables) => T): T {
    try {
      return work(this.#tables(path));
    } catch (cause) {
      if (!isDamage(cause)) throw cause;
      this.close(path);
      removeDatabase(path);
      this.#onThrownAway(path, cause);
      return work(this.#tables(path));
    }
  }

  close(path: string): void {
    const file = this.#open.get(path);
    this.#open.delete(path);
    file?.database.close();
  }

  #tables(path: string): WordTables {
    let file = this.#open.get(path);
    this.#open.delete(path);
    if (file === undefined) {
      for (const oldest of this.#open.keys()) {
        if (this.#open.size < openMax) break;
        this.close(oldest);
      }
      const database = openForWriting(path, (cause) => this.#onThrownAway(path, cause));
      file = { database, tables: new WordTables(database) };
    }
    // The last in the map is the one used last.
    this.#open.set(path, file);
    return file.tables;
  }
}

// SQLITE_CORRUPT, SQLITE_NOTADB, and SQLITE_ERROR ("no such table"): all mean that the file is not what we wrote.
const damages: ReadonlySet<number> = new Set([1, 11, 26]);

export function isDamage(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('errcode' in cause)) return false;
  return typeof cause.errcode === 'number' && damages.has(cause.errcode & 0xff);
}
