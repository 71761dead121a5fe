// One session's view of the folder it selected: which sequence number is which message, and what has not been told yet.
//
// Promises
// - A sequence number means the same message until its EXPUNGE was told (RFC 3501 §7.4.1), and messages beyond the told EXISTS
//   have none yet; flags are always the newest.
// - While nothing was expunged behind its back the view shares the folder's own array: no memory, no work per message.
// - What is pending is kept as numbers, never as text: a thousand changes of one message are told once.
import type { Folder, FolderChange, Message } from '@restante/mailbox-store';
import { resolveRanges, star, type NumberRange, type SequenceSet } from '../wire/sequence-set.ts';
import { bad } from '../wire/refusal.ts';
import { lowerBound } from './lower-bound.ts';

export interface PendingUpdates {
  /** Sequence numbers to expunge, descending, so that each is right when it is told. */
  readonly expunged: readonly number[];
  /** The same as UIDs, ascending (VANISHED). */
  readonly vanished: readonly number[];
  /** The new EXISTS; undefined when it is what was told. */
  readonly exists: number | undefined;
  readonly changed: readonly { readonly sequence: number; readonly message: Message }[];
}

export class SelectedFolder implements AsyncDisposable {
  readonly folder: Folder;
  readonly isReadOnly: boolean;
  /** UIDs kept by SEARCH RETURN (SAVE), ascending (RFC 5182). */
  savedUids: readonly number[] = [];
  /** Called when something is waiting to be told; IDLE hangs on it. */
  onPending: (() => void) | undefined;
  /** Told ones first; vanished ones stay until told. */
  #messages: readonly Message[];
  /** Ours alone, because vanished messages are still in it. */
  #held: Message[] | undefined;
  #told: number;
  #vanished: number[] = [];
  readonly #changed = new Set<number>();
  readonly #feed: Disposable;

  constructor(folder: Folder, { isReadOnly }: { readonly isReadOnly: boolean }) {
    this.folder = folder;
    this.isReadOnly = isReadOnly;
    this.#messages = folder.messages;
    this.#told = folder.messages.length;
    this.#feed = folder.onChange((change) => this.#take(change));
  }

  /** How many messages the client knows of. */
  get exists(): number {
    return this.#told;
  }

  /** By sequence number, from 1; undefined beyond what was told. May be gone from the folder already. */
  at(sequence: number): Message | undefined {
    return sequence <= this.#told ? this.#messages[sequence - 1] : undefined;
  }

  /** The sequence number of a UID; undefined when the client does not know it. */
  sequenceOf(uid: number): number | undefined {
    const index = lowerBound(this.#messages, uid);
    return index < this.#told && this.#messages[index]?.uid === uid ? index + 1 : undefined;
  }

  /**
   * Sequence numbers, ascending, of what the set names; `by` says what its numbers are. Unknown UIDs are passed over; a sequence
   * number nobody has is BAD (RFC 3501 §9), but "*" in an empty folder is nothing.
   */
  *select(set: SequenceSet, by: 'uid' | 'sequence'): Generator<number> {
    if (set.kind === 'saved') {
      for (const uid of this.savedUids) {
        const sequence = this.sequenceOf(uid);
        if (sequence !== undefined) yield sequence;
      }
      return;
    }
    for (const { first, last } of this.ranges(set.ranges, by)) {
      for (let sequence = first; sequence <= last; sequence += 1) yield sequence;
    }
  }

  /** The same as ranges of sequence numbers; what a loop over many messages uses. */
  ranges(ranges: readonly NumberRange[], by: 'uid' | 'sequence'): readonly NumberRange[] {
    if (by === 'uid') {
      const largest = this.at(this.#told)?.uid ?? 0;
      return resolveRanges(ranges, largest)
        .map(({ first, last }) => ({
          first: lowerBound(this.#messages, first) + 1,
          last: Math.min(lowerBound(this.#messages, last + 1), this.#told),
        }))
        .filter(({ first, last }) => first <= last);
    }
    // Clients ask for 1:* of an empty folder; it is nothing rather than an error.
    if (this.#told === 0 && ranges.every(({ last }) => last === star)) return [];
    const resolved = resolveRanges(ranges, this.#told);
    // Ascending and merged: the last one is the largest.
    if ((resolved.at(-1)?.last ?? 0) > this.#told) throw bad('There is no such message.');
    return resolved;
  }

  /** The session has told (or, with .SILENT, need not tell) the newest flags of a message. */
  forgetChange(uid: number): void {
    this.#changed.delete(uid);
  }

  get hasPending(): boolean {
    return (
      this.#changed.size > 0 || this.#vanished.length > 0 || this.#messages.length > this.#told
    );
  }

  /** Gives what is to be told, and counts it as told. Without expunges these stay pending, and all numbers stay. */
  takePending({ mayExpunge }: { readonly mayExpunge: boolean }): PendingUpdates {
    const expunged: number[] = [];
    let vanished: readonly number[] = [];
    let toldBefore = this.#told;
    if (mayExpunge && this.#held !== undefined) {
      vanished = this.#vanished.toSorted((a, b) => a - b);
      for (const uid of vanished.toReversed()) {
        const sequence = this.sequenceOf(uid);
        if (sequence !== undefined) expunged.push(sequence);
      }
      toldBefore -= expunged.length;
      this.#vanished = [];
      this.#held = undefined;
      this.#messages = this.folder.messages;
    }
    const exists = this.#messages.length;
    this.#told = exists;
    const changed = [...this.#changed]
      .map((uid) => ({ uid, sequence: this.sequenceOf(uid) }))
      .flatMap(({ sequence }) => {
        const message = sequence === undefined ? undefined : this.at(sequence);
        return sequence === undefined || message === undefined ? [] : [{ sequence, message }];
      })
      .toSorted((a, b) => a.sequence - b.sequence);
    this.#changed.clear();
    return { expunged, vanished, exists: exists === toldBefore ? undefined : exists, changed };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#feed[Symbol.dispose]();
    this.onPending = undefined;
    await this.folder[Symbol.asyncDispose]();
  }

  #take({ appeared, changed, vanished }: FolderChange): void {
    // New messages come with their flags when they are told.
    const lastTold = this.at(this.#told)?.uid ?? 0;
    for (const { uid } of changed) if (uid <= lastTold) this.#changed.add(uid);
    const gone = vanished.filter((uid) => this.sequenceOf(uid) !== undefined);
    if (gone.length > 0) {
      this.#held ??= [...this.#messages];
      this.#vanished.push(...gone);
      for (const uid of gone) this.#changed.delete(uid);
    }
    if (this.#held === undefined) this.#messages = this.folder.messages;
    else this.#messages = this.#mend(this.#held, { appeared, changed, vanished });
    if (this.hasPending) this.onPending?.();
  }

  /** The held array kept up to date by hand. */
  #mend(
    held: Message[],
    { appeared, changed, vanished }: Omit<FolderChange, 'highestModseq'>,
  ): readonly Message[] {
    for (const message of changed) {
      const index = lowerBound(held, message.uid);
      if (held[index]?.uid === message.uid) held[index] = message;
    }
    held.push(...appeared);
    // What came and went before it was told never was.
    const unknown = new Set(vanished.filter((uid) => this.sequenceOf(uid) === undefined));
    if (unknown.size === 0) return held;
    this.#held = held.filter(({ uid }) => !unknown.has(uid));
    return this.#held;
  }
}
