// Reads content.sqlite on the thread of clients: point look-ups of microseconds each, nothing else, never a write.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { About } from './about-text.ts';
import { parseAbout } from './parse-about.ts';
import { openForReading } from './content-database.ts';
import type { ContentKey } from './content-index.ts';

export class AboutReader implements Disposable {
  readonly #database: DatabaseSync;
  readonly #about: StatementSync;
  readonly #hasWords: StatementSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
    this.#about = database.prepare('SELECT about FROM message WHERE key = ?');
    this.#about.setReturnArrays(true);
    this.#hasWords = database.prepare('SELECT has_words FROM message WHERE key = ?');
    this.#hasWords.setReturnArrays(true);
  }

  /** Undefined while there is no file. Throws when it is damaged. */
  static open(path: string): AboutReader | undefined {
    const database = openForReading(path);
    return database && new AboutReader(database);
  }

  about(key: ContentKey): About | undefined {
    const row = this.#about.get(key) as unknown as readonly unknown[] | undefined;
    const text = row?.[0];
    return typeof text === 'string' ? parseAbout(text) : undefined;
  }

  hasWords(key: ContentKey): boolean {
    const row = this.#hasWords.get(key) as unknown as readonly unknown[] | undefined;
    return row?.[0] === 1;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
