// What the index keeps of the folders of one account.
//
// Promise: a write is made by whoever saw the folder's latest generation; everybody else is told to read again first. So two
// processes of ours on one account count modseqs in one row.
import { isDamage } from './index-database.ts';
import { IndexDoor } from './index-door.ts';
import type { IndexPool } from './index-pool.ts';

export interface FolderRow {
  readonly id: number;
  readonly guid: string;
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly highestModseq: number;
  readonly generation: number;
  readonly vanishedFrom: number;
  readonly messages: number;
  readonly unseen: number;
  readonly deleted: number;
  readonly sizeBytes: number;
  /** Which dovecot-uidlist this was true for, and which state of the directories; empty: look again. */
  readonly uidList: string;
  readonly directories: string;
  readonly keywords: string;
}

/** uid, modseq, place, size, received, saved, name. */
export type MessageRow = readonly [number, number, string, number, number, number, string];

export interface FolderWrite {
  readonly folder: Omit<FolderRow, 'vanishedFrom'>;
  readonly put: readonly MessageRow[];
  readonly vanished: readonly number[];
}

// Enough for a client that was away for months; who was away longer compares all UIDs.
const vanishedMax = 100_000;

export class MailboxIndex {
  readonly #door: IndexDoor;

  constructor(path: string, pool: IndexPool) {
    this.#door = new IndexDoor(path, pool);
  }

  close(): void {
    this.#door.close();
  }

  /** After a failure: a damaged file is begun anew, whatever it knew. */
  discardIfDamaged(cause: unknown): void {
    if (isDamage(cause)) this.#door.discard();
  }

  folder(guid: string): FolderRow | undefined {
    const row = this.#get('SELECT * FROM folder WHERE guid = ?', guid);
    return row && folderOf(row);
  }

  /** A row without messages; one of the same folder with another UIDVALIDITY is replaced. */
  addFolder(guid: string, uidValidity: number, modseq: number): FolderRow {
    const insert = `INSERT INTO folder (guid, uid_validity, uid_next, highest_modseq, generation, vanished_from)
      VALUES (?, ?, 1, ?, 1, ?)`;
    this.#door.transaction(() => {
      this.#removeFolder(guid);
      this.#door.statement(insert).run(guid, uidValidity, modseq, modseq);
    });
    const row = this.folder(guid);
    if (row === undefined) throw new Error('The folder was not written.');
    return row;
  }

  removeFolder(guid: string): void {
    this.#door.transaction(() => this.#removeFolder(guid));
  }

  /** By both, for a file begun anew gives the same numbers to other folders. */
  generationOf(id: number, guid: string): number | undefined {
    const row = this.#get('SELECT generation FROM folder WHERE id = ? AND guid = ?', id, guid);
    return row && Number(row['generation']);
  }

  /** Ascending by UID. */
  messages(id: number): readonly MessageRow[] {
    const select = this.#door.statement(
      'SELECT uid, modseq, place, size_bytes, received, saved, name FROM message WHERE folder = ? ORDER BY uid',
    );
    select.setReturnArrays(true);
    // The driver types rows as objects; setReturnArrays makes them tuples.
    return select.all(id) as unknown as readonly MessageRow[];
  }

  vanishedSince(id: number, modseq: number): readonly number[] {
    const rows = this.#door
      .statement('SELECT uid FROM vanished WHERE folder = ? AND modseq > ? ORDER BY uid')
      .all(id, modseq);
    return rows.map((row) => Number(row['uid']));
  }

  largestVanished(id: number): number {
    const row = this.#get('SELECT max(uid) AS uid FROM vanished WHERE folder = ?', id);
    return Number(row?.['uid'] ?? 0);
  }

  vanishedFrom(id: number): number {
    const row = this.#get('SELECT vanished_from FROM folder WHERE id = ?', id);
    return Number(row?.['vanished_from'] ?? Number.MAX_SAFE_INTEGER);
  }

  /**
   * Gives the new generation. Nothing is written when somebody else has written since `folder.generation` ("behind"), or
   * when the folder is not there any more ("lost").
   */
  write({ folder, put, vanished }: FolderWrite): number | 'behind' | 'lost' {
    // What was only seen again is no news for another process.
    const generation = folder.generation + Number(put.length + vanished.length > 0);
    let answer: number | 'behind' | 'lost' = generation;
    this.#door.transaction(() => {
      const found = this.generationOf(folder.id, folder.guid);
      if (found === undefined) answer = 'lost';
      else if (found !== folder.generation) answer = 'behind';
      if (found !== folder.generation) return;
      this.#writeFolder({ ...folder, generation });
      const insert = this.#door.statement(
        'INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      );
      for (const row of put) insert.run(folder.id, ...row);
      const remove = this.#door.statement('DELETE FROM message WHERE folder = ? AND uid = ?');
      const note = this.#door.statement('INSERT OR IGNORE INTO vanished VALUES (?, ?, ?)');
      for (const uid of vanished) {
        remove.run(folder.id, uid);
        note.run(folder.id, folder.highestModseq, uid);
      }
      if (vanished.length > 0) this.#trimVanished(folder.id);
    });
    return answer;
  }

  #writeFolder(folder: FolderWrite['folder']): void {
    this.#door
      .statement(
        `UPDATE folder SET uid_validity = ?, uid_next = ?, highest_modseq = ?, generation = ?, messages = ?, unseen = ?,
       deleted = ?, size_bytes = ?, uid_list = ?, directories = ?, keywords = ? WHERE id = ?`,
      )
      .run(
        folder.uidValidity,
        folder.uidNext,
        folder.highestModseq,
        folder.generation,
        folder.messages,
        folder.unseen,
        folder.deleted,
        folder.sizeBytes,
        folder.uidList,
        folder.directories,
        folder.keywords,
        folder.id,
      );
  }

  #trimVanished(id: number): void {
    const row = this.#get(
      'SELECT modseq FROM vanished WHERE folder = ? ORDER BY modseq DESC LIMIT 1 OFFSET ?',
      id,
      vanishedMax,
    );
    if (row === undefined) return;
    const modseq = Number(row['modseq']);
    this.#door.statement('DELETE FROM vanished WHERE folder = ? AND modseq <= ?').run(id, modseq);
    this.#door.statement('UPDATE folder SET vanished_from = ? WHERE id = ?').run(modseq, id);
  }

  #removeFolder(guid: string): void {
    const id = this.#get('SELECT id FROM folder WHERE guid = ?', guid)?.['id'];
    if (id === undefined) return;
    for (const table of ['message', 'vanished'])
      this.#door.statement(`DELETE FROM ${table} WHERE folder = ?`).run(Number(id));
    this.#door.statement('DELETE FROM folder WHERE id = ?').run(Number(id));
  }

  #get(sql: string, ...values: readonly (string | number)[]): Record<string, unknown> | undefined {
    return this.#door.statement(sql).get(...values);
  }
}

function folderOf(row: Record<string, unknown>): FolderRow {
  return {
    id: Number(row['id']),
    guid: String(row['guid']),
    uidValidity: Number(row['uid_validity']),
    uidNext: Number(row['uid_next']),
    highestModseq: Number(row['highest_modseq']),
    generation: Number(row['generation']),
    vanishedFrom: Number(row['vanished_from']),
    messages: Number(row['messages']),
    unseen: Number(row['unseen']),
    deleted: Number(row['deleted']),
    sizeBytes: Number(row['size_bytes']),
    uidList: String(row['uid_list']),
    directories: String(row['directories']),
    keywords: String(row['keywords']),
  };
}
