// Keeps accepted mail safe until another party has taken responsibility. The spool is the truth (law 1).
//
// Promises
// - commit() resolves only after bytes and envelope survive a power cut; only then may a node say 250 (law 2).
//   One fdatasync covers every message that arrived while the last one ran (group commit).
// - A failed sync is final for the messages it covered: commit() throws SPOOL_NOT_DURABLE, nothing of them will be
//   seen again by list(), and the sync is never retried on the same file (the kernel may have dropped the pages).
//   The spool goes on with a new segment.
// - settle() with a final outcome resolves only when the outcome is durable. A settled recipient is never pending again.
// - release() is idempotent; releasing what is gone is not an error.
// - A damaged record is reported (event spool.corrupt), set aside in corrupt/, and never skipped in silence. The end of a segment that is no
//   whole record (event spool.torn-tail: an append cut short, or damage to the last one) is cut off at open; it may or may not have been
//   acknowledged, so it is set aside too.
// - Reclaiming space never blocks accepting.
import type {
  Envelope,
  EventSink,
  Origin,
  RecipientOutcome,
  Route,
  Verdict,
} from '@restante/mail-model';
import type { Clock } from '@restante/runtime';

/** What is known of a message when its last byte has arrived. */
export interface MessageFacts {
  /** Cluster-wide id. Given by the peer for a hop; made by the accepting site otherwise. */
  readonly messageId: string;
  readonly envelope: Envelope;
  readonly origin: Origin;
  readonly verdict: Verdict;
  /**
   * Base64url SHA-256 over the bytes as the stranger sent them, without any header of ours. Two transactions with the same
   * sender, recipient and fingerprint, of which at least one had a reply the client may never have seen, are one message (RFC 1047).
   */
  readonly fingerprint: string;
  /**
   * False for a message without an identity of its own (no Message-ID): that two have the same bytes then says nothing, so neither is ever
   * judged or remembered by its fingerprint. Absent means true.
   */
  readonly isIdentifiable?: boolean;
  /** For a hop: what the first site knew about the stranger having seen its 250. Absent: a stranger is on our own wire. */
  readonly replyUnconfirmed?: boolean;
  /** Sites passed before this one, oldest first; empty when a stranger or we ourselves brought it. */
  readonly path: readonly string[];
}

export interface SpooledMessage extends MessageFacts {
  /** Id of this entry at this site: the message id, or message id + "-2", "-3" ... when it came more than once (other recipients). */
  readonly id: string;
  readonly acceptedAtMs: number;
  /** Bytes of the body as stored, our trace header included. */
  readonly sizeBytes: number;
  /** SHA-256 of those bytes, base64url; of large ones only, for small ones it is quickly made when somebody needs it. */
  readonly sha256?: string;
  /** Recipients without a final outcome, and the last words about each recipient that had an attempt. */
  readonly pending: readonly string[];
  readonly outcomes: ReadonlyMap<string, StoredOutcome>;
  /** Reason a human or a rule keeps it back. */
  readonly held?: string;
}

export interface StoredOutcome extends RecipientOutcome {
  readonly atMs: number;
  /** How many attempts this recipient has had, this one included. */
  readonly attempts: number;
}

/** The little that is kept in memory for every message. */
export interface SpoolEntry {
  readonly id: string;
  readonly acceptedAtMs: number;
  readonly sizeBytes: number;
  /** Next hops of the recipients that are still pending, as `routesOf` gave them. */
  readonly routes: readonly Route[];
  readonly held: boolean;
  /** False when every recipient has a final outcome but the entry has not been released yet (finish it). */
  readonly hasPending: boolean;
}

export type Commit =
  | {
      readonly kind: 'stored';
      readonly message: SpooledMessage;
      /** Next hops of its recipients, as in its entry. */
      readonly routes: readonly Route[];
    }
  /**
   * Every recipient of this message is already taken care of: say 250, store nothing (law 6, RFC 1047).
   * `of` is the id of the entry that is or was here; absent when it is not known any more.
   */
  | { readonly kind: 'duplicate'; readonly of?: string; readonly why: 'same-id' | 'lost-reply' };

export interface SpoolWriter {
  /**
   * Appends body bytes. Returns at once below the small-message size; awaits the disk above it. The chunk is kept, not copied:
   * do not change it afterwards. A failed write is thrown here or, when nobody awaits it, by commit().
   */
  write(chunk: Uint8Array): Promise<void> | void;
  /** Makes the message durable. Recipients that a former entry already covers are left out. */
  commit(facts: MessageFacts): Promise<Commit>;
  /** Forgets everything written. Idempotent, and harmless after commit(). */
  abort(): Promise<void>;
}

export interface SpoolStats {
  readonly messages: number;
  readonly held: number;
  readonly sizeBytes: number;
  readonly segments: number;
  readonly diskFreeBytes: number;
  readonly oldestAcceptedAtMs?: number;
  readonly corrupt: number;
  /** False while old segments are still being read after a start; accepting works, list() is not complete yet. */
  readonly isLoaded: boolean;
}

export interface Spool extends AsyncDisposable {
  /** Throws SPOOL_FULL below the floor of free bytes or inodes; the edge asks before it says 354 (452 4.3.1). */
  begin(hint: { readonly sizeBytes?: number }): SpoolWriter;
  /** True when begin() would refuse; cheap, from a sample at most a second old. */
  isFull(sizeBytes?: number): boolean;
  /**
   * The client went on after our 250, so it has seen it. Not synced: after a power cut a message counts as unconfirmed.
   * Idempotent; unknown ids are ignored.
   */
  confirmReply(id: string): void;
  /** True while the stranger may not have seen our 250 for this message. */
  isReplyUnconfirmed(id: string): boolean;
  /**
   * The session ended without the client going on after our 250: from now on an identical message is its retry (RFC 1047).
   * Without this call a message counts as unconfirmed two seconds after its commit. Idempotent; unknown ids are ignored.
   */
  abandonReply(id: string): void;
  /** Resolves when every segment has been read and list() is complete. */
  readonly loaded: Promise<void>;
  has(id: string): boolean;
  entry(id: string): SpoolEntry | undefined;
  /** All entries in the order of their ids (oldest first), as they are now. */
  list(): IterableIterator<SpoolEntry>;
  /** Envelope, facts and outcomes. Undefined when released or unknown. Throws SPOOL_UNREADABLE when damaged (then set aside). */
  read(id: string): Promise<SpooledMessage | undefined>;
  /** The body, checked against its checksum: a Buffer for small messages, else a stream that errors with SPOOL_UNREADABLE at the end. */
  body(id: string): Promise<SpoolBody>;
  /** read() and body() in one go, with one disk access for small messages: the way of the drain. */
  readWithBody(id: string): Promise<MessageWithBody | undefined>;
  /** Appends outcomes. Resolves when the final ones are durable; deferred ones may ride with the next sync. */
  settle(id: string, outcomes: readonly RecipientOutcome[]): Promise<void>;
  /**
   * Forget it. When everybody has been told or served this is durable with the next sync: settle() is what prevents repeats. With pending
   * recipients (somebody deletes it) it is durable when it resolves.
   */
  release(id: string): Promise<void>;
  /** Every pending recipient has its final outcome and needs nothing more: settle() and release() in one record. Durable when it resolves. */
  finish(id: string, outcomes: readonly RecipientOutcome[]): Promise<void>;
  /** Keeps it back until unhold(); durable. */
  hold(id: string, reason: string): Promise<void>;
  unhold(id: string): Promise<void>;
  stats(): SpoolStats;
}

export type SpoolBody =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'stream'; readonly sizeBytes: number; open(): AsyncIterable<Buffer> };

export interface MessageWithBody {
  readonly message: SpooledMessage;
  readonly body: SpoolBody;
}

export interface SpoolOptions {
  readonly dir: string;
  readonly site: string;
  /** Messages up to this size go into segments; larger ones into their own file. */
  readonly smallMessageMaxBytes: number;
  readonly segmentMaxBytes: number;
  /** Below this much free space new mail is refused. */
  readonly freeFloorBytes: number;
  readonly freeFloorInodes: number;
  /** How long ids are remembered after release. */
  readonly rememberMs: number;
  /** How long after its commit a message whose reply was in doubt covers an identical one; default one day. */
  readonly retryWindowMs?: number;
  /** Next hops of the pending recipients; opaque to the spool, kept in memory for list(). */
  routesOf(facts: MessageFacts, pending: readonly string[]): readonly Route[];
  readonly onEvent: EventSink;
  readonly clock: Clock;
  /** A mostly empty segment is copied together once it was left alone this long; default one minute. */
  readonly quietMs?: number;
}
