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
import { type Places, StoredMessage } from './stored-message.ts';

export interface FolderCounts {
  readonly messages: number;
  readonly unseen: number;
  readonly deleted: number;
  readonly sizeBytes: number;
}

/** What the disk looked like when memory and disk were last the same. */
export interface SeenOnDisk {
  readonly uidList: string;
  readonly directories: string;
  readonly keywords: string;
}

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
  #messages: readonly StoredMessage[] = [];
  #counts: FolderCounts = { messages: 0, unseen: 0, deleted: 0, sizeBytes: 0 };
  #row: FolderRow;
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
    this.#row = this.#rowOrNew(clock.now());
    this.#highestModseq = this.#row.highestModseq;
    this.#uidNext = this.#row.uidNext;
    this.#messages = index.messages(this.#row.id).map((row) => this.#messageOf(row));
    this.#counts = countsOf(this.#messages);
  }

  /** True until the disk was looked at for the first time since the index was begun. */
  get isFresh(): boolean {
    return this.#row.uidList === '';
  }

  get messages(): readonly StoredMessage[] {
    return this.#messages;
  }

  get counts(): FolderCounts {
    return this.#counts;
  }

  get highestModseq(): number {
    return this.#highestModseq;
  }

  get uidNext(): number {
    return this.#uidNext;
  }

  /** What the index says it was made from. */
  get seen(): SeenOnDisk {
    return this.#row;
  }

  message(uid: number): StoredMessage | undefined {
    const found = this.#messages[this.#positionOf(uid)];
    return found?.uid === uid ? found : undefined;
  }

  vanishedSince(modseq: number): readonly number[] | undefined {
    if (modseq < this.#index.vanishedFrom(this.#row.id)) return undefined;
    return this.#index.vanishedSince(this.#row.id, modseq);
  }

  /** True when another process has told the index something we have not heard. */
  get isBehind(): boolean {
    return this.#index.generationOf(this.#row.id) !== this.#row.generation;
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
    const messages = merged(this.#messages, [...changed, ...appeared], vanished);
    const counts = isChange ? countsOf(messages) : this.#counts;
    const folder = {
      ...this.#row,
      ...counts,
      ...{ uidList: seen.uidList, directories: seen.directories, keywords: seen.keywords },
      uidNext: Math.max(uidNext, (messages.at(-1)?.uid ?? 0) + 1, this.#uidNext),
      highestModseq: isChange ? modseq : this.#highestModseq,
    };
    const put = [...changed, ...appeared].map(rowOf);
    const generation = this.#index.write({ folder, put, vanished });
    if (generation === undefined) {
      this.adopt();
      return false;
    }
    this.#row = { ...folder, generation };
    this.#highestModseq = folder.highestModseq;
    this.#uidNext = folder.uidNext;
    this.#messages = messages;
    this.#counts = counts;
    if (isChange) this.#tell({ appeared, changed, vanished, highestModseq: modseq });
    return true;
  }

  /** Takes over what another process has written to the index (or begins it anew when the file is gone). */
  adopt(): void {
    this.#row = this.#rowOrNew(Math.max(this.#highestModseq + 1, this.#clock.now()));
    const before = new Map(this.#messages.map((message) => [message.uid, message]));
    const appeared: StoredMessage[] = [];
    const changed: StoredMessage[] = [];
    const messages = this.#index.messages(this.#row.id).map((row) => {
      const known = before.get(row[0]);
      before.delete(row[0]);
      if (known?.modseq === row[1] && known.place.key === row[2]) return known;
      const message = this.#messageOf(row);
      (known ? changed : appeared).push(message);
      return message;
    });
    this.#messages = messages;
    this.#counts = countsOf(messages);
    this.#highestModseq = Math.max(this.#highestModseq, this.#row.highestModseq);
    this.#uidNext = Math.max(this.#uidNext, this.#row.uidNext);
    const vanished = [...before.keys()];
    if (appeared.length + changed.length + vanished.length > 0)
      this.#tell({ appeared, changed, vanished, highestModseq: this.#highestModseq });
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

  #positionOf(uid: number): number {
    let [low, high] = [0, this.#messages.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#messages[middle]?.uid ?? 0) < uid) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #messageOf([
    uid,
    modseq,
    place,
    sizeBytes,
    received,
    saved,
    baseName,
  ]: MessageRow): StoredMessage {
    return new StoredMessage({
      uid,
      modseq,
      place: this.places.at(place),
      sizeBytes,
      receivedSeconds: received,
      savedSeconds: saved,
      baseName,
    });
  }
}

function rowOf(message: StoredMessage): MessageRow {
  const { uid, modseq, place, sizeBytes, receivedSeconds, savedSeconds, baseName } = message;
  return [uid, modseq, place.key, sizeBytes, receivedSeconds, savedSeconds, baseName];
}

function countsOf(messages: readonly StoredMessage[]): FolderCounts {
  let [unseen, deleted, sizeBytes] = [0, 0, 0];
  for (const { place, sizeBytes: size } of messages) {
    if (!place.isSeen) unseen += 1;
    if (place.isDeleted) deleted += 1;
    sizeBytes += size;
  }
  return { messages: messages.length, unseen, deleted, sizeBytes };
}

/** A new array; usually messages are replaced where they stand or added at the end. */
function merged(
  messages: readonly StoredMessage[],
  put: readonly StoredMessage[],
  vanished: readonly number[],
): readonly StoredMessage[] {
  if (put.length + vanished.length === 0) return messages;
  const replaced = new Map(put.map((message) => [message.uid, message]));
  const gone = new Set(vanished);
  const next: StoredMessage[] = [];
  for (const message of messages) {
    if (gone.has(message.uid)) continue;
    next.push(replaced.get(message.uid) ?? message);
    replaced.delete(message.uid);
  }
  if (replaced.size === 0) return next;
  const lastUid = next.at(-1)?.uid ?? 0;
  const added = [...replaced.values()].sort((left, right) => left.uid - right.uid);
  next.push(...added);
  if ((added[0]?.uid ?? 0) < lastUid) next.sort((left, right) => left.uid - right.uid);
  return next;
}
