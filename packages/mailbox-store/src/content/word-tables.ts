// Writing and searching content.sqlite; the worker's side. Everything here takes its time: never on a thread that serves clients.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ContentKey, ContentQuery } from './content-index.ts';
import type { MessageWords } from './message-words.ts';

export interface ContentRow {
  readonly key: ContentKey;
  readonly about: string;
  /** Absent: what is known of its words stays. */
  readonly words?: MessageWords;
}

/** Of a long needle so many trigrams, spread over it, find the candidates; the text decides anyway. */
const trigramsMax = 16;

export class WordTables {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** One transaction. */
  put(rows: readonly ContentRow[]): void {
    this.#inTransaction(() => {
      for (const row of rows) this.#put(row);
    });
  }

  forget(keys: readonly ContentKey[]): void {
    this.#inTransaction(() => {
      for (const key of keys) {
        const id = this.#prepared('SELECT id FROM message WHERE key = ?').get(key)?.['id'];
        if (id === undefined) continue;
        this.#removeWords(Number(id));
        this.#run('DELETE FROM message WHERE id = ?', Number(id));
      }
    });
  }

  /** Keys of all messages of the account that match; `needle` is folded. */
  search(place: ContentQuery['in'], needle: string): readonly ContentKey[] {
    const rows = this.#select(place, needle);
    return rows.map((row) => String(row['key']));
  }

  #select(place: ContentQuery['in'], needle: string): readonly Record<string, unknown>[] {
    if (place !== 'text' && place !== 'body') {
      // Short texts: looking through them is as fast as any index.
      const column = `field.${place}_words`;
      return this.#prepared(
        `SELECT key FROM field JOIN message USING (id) WHERE instr(${column}, ?) > 0`,
      ).all(needle);
    }
    const where =
      place === 'body'
        ? 'instr(text.body, ?1) > 0'
        : '(instr(text.header, ?1) > 0 OR instr(text.body, ?1) > 0)';
    const match = trigramsOf(needle);
    if (match === undefined) {
      return this.#prepared(`SELECT key FROM text JOIN message USING (id) WHERE ${where}`).all(
        needle,
      );
    }
    return this.#prepared(
      `SELECT key FROM trigram JOIN text ON text.id = trigram.rowid JOIN message ON message.id = trigram.rowid
       WHERE trigram MATCH ?2 AND ${where}`,
    ).all(needle, match);
  }

  #put({ key, about, words }: ContentRow): void {
    const known = this.#prepared('SELECT id, has_words FROM message WHERE key = ?').get(key);
    if (known === undefined) {
      const insert = 'INSERT INTO message (key, has_words, about) VALUES (?, ?, ?)';
      const id = this.#run(insert, key, words === undefined ? 0 : 1, about);
      if (words !== undefined) this.#putWords(id, words);
    } else if (words !== undefined && known['has_words'] !== 1) {
      const id = Number(known['id']);
      this.#run('UPDATE message SET has_words = 1 WHERE id = ?', id);
      this.#putWords(id, words);
    }
  }

  #putWords(id: number, { header, body, from, to, cc, bcc, subject }: MessageWords): void {
    this.#run('INSERT INTO text VALUES (?, ?, ?)', id, header, body);
    this.#run('INSERT INTO trigram (rowid, header, body) VALUES (?, ?, ?)', id, header, body);
    const fields = [from, to, cc, bcc, subject].map((words) => words ?? null);
    this.#run('INSERT INTO field VALUES (?, ?, ?, ?, ?, ?)', id, ...fields);
  }

  #removeWords(id: number): void {
    this.#run('DELETE FROM trigram WHERE rowid = ?', id);
    this.#run('DELETE FROM text WHERE id = ?', id);
    this.#run('DELETE FROM field WHERE id = ?', id);
  }

  /** Gives the id of the row that was inserted. */
  #run(sql: string, ...values: readonly (string | number | null)[]): number {
    const statement = this.#prepared(sql);
    // Full-text tables use ids of their own beyond what a number holds; the driver would refuse to tell them.
    statement.setReadBigInts(true);
    return Number(statement.run(...values).lastInsertRowid);
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #inTransaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (cause) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw cause;
    }
  }
}

/** The query that every text with the needle answers; undefined when it is too short to have a trigram. */
export function trigramsOf(needle: string): string | undefined {
  // Letters as SQLite counts them: code points.
  const letters = Array.from(needle);
  const count = letters.length - 2;
  if (count <= 0) return undefined;
  const trigrams = new Set<string>();
  const step = Math.max(1, count / trigramsMax);
  for (let at = 0; at < count; at += step) {
    const start = Math.trunc(at);
    trigrams.add(letters.slice(start, start + 3).join(''));
  }
  return [...trigrams].map((trigram) => `"${trigram.replaceAll('"', '""')}"`).join(' AND ');
}
