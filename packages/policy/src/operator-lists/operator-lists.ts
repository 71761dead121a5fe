// What the operator (and a user for himself) has written down: who is blocked, who is let in, until when, why, and by whom.
//
// Promises
// - add() and remove() resolve when it is on disk. Lookups answer at once from memory.
// - Entries of all sites are the same within seconds: the newest word about an entry wins, a removal too (kept as a tombstone for 30 days).
// - An entry ends by itself at `expiresAtMs`.

export type EntryKind = 'block' | 'allow';

/** One of: an address or network ("192.0.2.0/24"), a domain of the sender ("example.test"; ".example.test" for all below), a whole sender ("ana@example.test"). */
export type EntrySubject =
  | { readonly kind: 'network'; readonly network: string }
  | { readonly kind: 'domain'; readonly domain: string }
  | { readonly kind: 'sender'; readonly address: string };

export interface OperatorEntry {
  /** Stable: made from kind, subject and `for`. */
  readonly id: string;
  readonly list: EntryKind;
  readonly subject: EntrySubject;
  /** Only for mail to this account or domain; absent: for everybody. */
  readonly for?: string;
  readonly reason: string;
  readonly author: string;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  readonly expiresAtMs?: number;
  /** A tombstone: removed, kept so that no other site brings it back. */
  readonly isRemoved?: true;
}

export interface MatchFacts {
  readonly clientAddress?: string;
  /** MAIL FROM, or an address in From. */
  readonly sender?: string;
  /** Anybody may say any name: it only ever speaks for entries that block. */
  readonly helo?: string;
  readonly recipient?: string;
}

/** As somebody types it. */
export interface NewEntry {
  readonly list: EntryKind;
  readonly subject: string;
  readonly for?: string;
  readonly reason: string;
  readonly author: string;
  readonly expiresAtMs?: number;
}

/** In the order they came about here, at most a thousand; more of them are behind `cursor`. */
export interface EntryChanges {
  readonly entries: readonly OperatorEntry[];
  readonly cursor: string;
  readonly hasMore: boolean;
}

export interface OperatorLists extends AsyncDisposable {
  /** The same again changes reason, author and expiry. Throws PolicyError (ENTRY_INVALID, LISTS_FULL, LISTS_NOT_SAVED). */
  add(entry: NewEntry): Promise<OperatorEntry>;
  /** False when there is no such entry. */
  remove(id: string, author: string): Promise<boolean>;
  entries(): readonly OperatorEntry[];
  /** Entries that speak of any of these; an allow entry for the very recipient is first, then the most particular subject. */
  match(facts: MatchFacts): readonly OperatorEntry[];
  /** With tombstones: what another site should know. */
  snapshot(): readonly OperatorEntry[];
  /** The part of it that is newer than a cursor of this process; all of it for any other text. */
  changes(since: string | undefined): EntryChanges;
  /** Behind everything that has come about until now. */
  readonly cursor: string;
  /** What another site knows; answers how many entries were news. What does not read as an entry is left out. */
  merge(entries: readonly unknown[]): Promise<number>;
  onChange(listener: () => void): Disposable;
}
