// What a folder looks like to everybody in this process, kept in step with the index.
//
// Promises
// - One change, one modseq: larger than every one before, and not below the clock, so that numbers told before an index
//   was lost are passed by those after it (RFC 7162 §3.1.2).
// - Messages stand in order of their UIDs; arrays and messages are replaced, never mutated.
// - Everybody hears of a change when it is in the index, or would be if the index could be written.
import type { Clock } from '@restante/runtime';
import type { FolderRow, MailboxIndex, MessageRow } from '../index/mailbox-index.ts';
import type { FolderChange } from '../mailbox.ts';
import {
  emptyList,
  type FolderCounts,
  listOf,
  type MessageList,
  positionOf,
  withChanges,
} from './message-list.ts';
import { messageOf, rowOf } from './message-row.ts';
import type { SeenOnDisk } from './seen-on-disk.ts';
import type { Places, StoredMessage } from './stored-message.ts';

export interface Edit {
  readonly appeared?: readonly StoredMessage[];
  readonly changed?: readonly StoredMessage[];
  readonly vanished?: readonly number[];
}

export interface FolderMemoryOptions {
  readonly guid: string;
  readonly uidValidity: number;
  readonly index: MailboxIndex;
  readonly clock: Clock;
  readonly places: Places;
  readonly tell: (change: FolderChange) => void;
}

export class FolderMemory {
  readonly guid: string;
  readonly uidValidity: number;
  places: Places;
  readonly #index: MailboxIndex;
  readonly #clock: Clock;
  readonly #tell: (change: FolderChange) => void;
  #list: MessageList = emptyList;
  #row: FolderRow;
  /** The index does not know what we know. */
  #isUnsaved = false;
  #highestModseq: number;
  #uidNext: number;

  constructor(options: FolderMemoryOptions) {
    const { guid, uidValidity, index, clock, places, tell } = options;
    this.#tell = tell;
    this.guid = guid;
    this.uidValidity = uidValidity;
    this.places = places;
    this.#index = index;
    this.#clock = clock;
    this.#row = {
      ...emptyList.counts,
      id: 0,
      guid,
      uidValidity,
      uidNext: 1,
      highestModseq: clock.now(),
      generation: 0,
      vanishedFrom: clock.now(),
      uidList: '',
      directories: '',
      keywords: '',
    };
    this.#tryIndex(() => {
      this.#row = this.#rowOrNew(clock.now());
      this.#list = listOf(index.messages(this.#row.id).map((row) => messageOf(row, this.places)));
    });
    this.#highestModseq = this.#row.highestModseq;
    this.#uidNext = this.#row.uidNext;
  }

  /** True until the disk was looked at for the first time since the index was begun. */
  get isFresh(): boolean {
    return this.#row.uidList === '';
  }

  get messages(): readonly StoredMessage[] {
    return this.#list.messages;
  }

  get counts(): FolderCounts {
    return this.#list.counts;
  }

  get highestModseq(): number {
    return this.#highestModseq;
  }

  get uidNext(): number {
    return this.#uidNext;
  }

  /** What the index says it was made from. */
  get seen(): SeenOnDisk {
    const { uidList, directories, keywords } = this.#row;
    return { uidList, directories, keywords };
  }

  message(uid: number): StoredMessage | undefined {
    const { messages } = this.#list;
    const found = messages[positionOf(messages, uid)];
    return found?.uid === uid ? found : undefined;
  }

  vanishedSince(modseq: number): readonly number[] | undefined {
    if (this.#isUnsaved) return undefined;
    return this.#tryIndex(() => {
      const { id } = this.#row;
      return modseq < this.#index.vanishedFrom(id)
        ? undefined
        : this.#index.vanishedSince(id, modseq);
    });
  }

  /** The largest UID anybody may have heard of, of a message that is here or went. */
  get largestTold(): number {
    const gone = this.#tryIndex(() => this.#index.largestVanished(this.#row.id));
    if (gone === undefined || this.#isUnsaved) return this.#uidNext - 1;
    return Math.max(gone, this.messages.at(-1)?.uid ?? 0);
  }

  /** True when another process has told the index something we have not heard. */
  get isBehind(): boolean {
    if (this.#isUnsaved) return false;
    const found = this.#tryIndex(() => this.#index.generationOf(this.#row.id, this.guid));
    return found !== undefined && found !== this.#row.generation;
  }

  /**
   * Makes the change, in the index and here, and tells. False when another process was faster: then its view was taken over,
   * and the caller must look at the disk again for the rest.
   */
  change(make: (modseq: number) => Edit, seen: SeenOnDisk, uidNext = this.#uidNext): boolean {
    const modseq = Math.max(this.#highestModseq + 1, this.#clock.now());
    const { appeared = [], changed = [], vanished = [] } = make(modseq);
    const isChange = appeared.length + changed.length + vanished.length > 0;
    const nothingNew =
      seen.uidList === this.#row.uidList &&
      seen.directories === this.#row.directories &&
      seen.keywords === this.#row.keywords;
    if (!isChange && nothingNew && uidNext === this.#row.uidNext) return true;
    const edited = withChanges(this.#list, [...changed, ...appeared], vanished);
    const folder = {
      ...this.#row,
      ...edited.counts,
      ...seen,
      uidNext: Math.max(uidNext, (edited.messages.at(-1)?.uid ?? 0) + 1, this.#uidNext),
      highestModseq: isChange ? modseq : this.#highestModseq,
    };
    const put = [...changed, ...appeared].map(rowOf);
    const written = this.#save(folder, put, vanished, edited.messages);
    if (written === 'behind') {
      this.adopt();
      return false;
    }
    this.#row = written;
    this.#highestModseq = folder.highestModseq;
    this.#uidNext = folder.uidNext;
    this.#list = edited;
    if (isChange) this.#tell({ appeared, changed, vanished, highestModseq: modseq });
    return true;
  }

  /** Takes over what another process has written to the index. */
  adopt(): void {
    this.#tryIndex(() => this.#adopt());
  }

  #adopt(): void {
    this.#row = this.#rowOrNew(Math.max(this.#highestModseq + 1, this.#clock.now()));
    const before = new Map(this.messages.map((message) => [message.uid, message]));
    const appeared: StoredMessage[] = [];
    const changed: StoredMessage[] = [];
    const messages = this.#index.messages(this.#row.id).map((row) => {
      const known = before.get(row[0]);
      before.delete(row[0]);
      if (known?.modseq === row[1] && known.place.key === row[2]) return known;
      const message = messageOf(row, this.places);
      (known ? changed : appeared).push(message);
      return message;
    });
    this.#list = listOf(messages);
    this.#highestModseq = Math.max(this.#highestModseq, this.#row.highestModseq);
    this.#uidNext = Math.max(this.#uidNext, this.#row.uidNext);
    const vanished = [...before.keys()];
    if (appeared.length + changed.length + vanished.length > 0)
      this.#tell({ appeared, changed, vanished, highestModseq: this.#highestModseq });
  }

  /** When the index was lost, or could not be written for a while (a full disk), everything is written again. */
  #save(
    folder: FolderRow,
    put: readonly MessageRow[],
    vanished: readonly number[],
    messages: readonly StoredMessage[],
  ): FolderRow | 'behind' {
    const saved = this.#tryIndex(() => {
      if (!this.#isUnsaved) {
        const written = this.#index.write({ folder, put, vanished });
        if (written === 'behind') return written;
        if (written !== 'lost') return { ...folder, generation: written };
      }
      this.#isUnsaved = true;
      const { id, generation } = this.#index.addFolder(
        this.guid,
        this.uidValidity,
        folder.highestModseq,
      );
      const row = { ...folder, id, generation, vanishedFrom: folder.highestModseq };
      const written = this.#index.write({ folder: row, put: messages.map(rowOf), vanished });
      this.#isUnsaved = typeof written !== 'number';
      if (typeof written === 'number') return { ...row, generation: written };
      return written === 'behind' ? written : undefined;
    });
    return saved ?? folder;
  }

  /** The index is a cache: without it everything is slower, and nothing fails. */
  #tryIndex<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (cause) {
      if (!(cause instanceof Error && 'errcode' in cause)) throw cause;
      this.#isUnsaved = true;
      this.#index.discardIfDamaged(cause);
      return undefined;
    }
  }

  #rowOrNew(modseq: number): FolderRow {
    const row = this.#index.folder(this.guid);
    if (row?.uidValidity === this.uidValidity) return row;
    // RFC 7162 §3.1.2.1: never lower than what an earlier index may have told.
    return this.#index.addFolder(
      this.guid,
      this.uidValidity,
      Math.max(modseq, (row?.highestModseq ?? 0) + 1),
    );
  }
}
