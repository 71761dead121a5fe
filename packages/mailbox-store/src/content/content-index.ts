// What the messages of an account say about themselves, kept beside them: envelope, structure and preview for FETCH, words for SEARCH.
//
// One ContentShelf a process (it owns the worker thread that writes and searches), one ContentIndex an account:
//
//   const shelf = openContentShelf({ onTrouble });                    // once; cheap, starts nothing
//   const content = shelf.of(join(accountDir, 'content.sqlite'));     // cheap as well: opens no file before it is used
//   for await (const batch of content.describe(keys, read)) ...       // Folder.describe
//   const found = await content.search({ in, words }, keys, read);    // Folder.search
//   content.added(keys, read);                                        // after an append, a delivery, a refresh that found new ones
//   content.forget(keys);                                             // after the last copy of a message was expunged
//
// A key stands for bytes that never change: use Message.emailId (it stays through flags, moves and copies). `read` gives the bytes as
// clients are served them (CRLF), undefined when the message is gone; the Buffer belongs to the index then, which may detach it: no shared ones.
// `read` is called for what is not known yet only, a few at a time.
//
// Promises
// - A cache: deleting the file costs time, not mail. A damaged one is thrown away and begun anew. Nothing here fails a FETCH: when
//   the file cannot be used, messages are read instead.
// - search() tells what reading every message would tell (that is how it is tested); what is not indexed yet is indexed first.
// - The caller's thread never works longer than a few milliseconds at a time, however many keys; it only reads the file.
import type { ReadMessage } from '@restante/mime';

export type ContentKey = string;
export type ReadBytes = (key: ContentKey) => Promise<Buffer | undefined>;

export interface Described {
  /** Index into the keys asked for; ascending. Those of messages that are gone are left out. */
  readonly position: number;
  readonly about: ReadMessage;
  /** RFC 8970. */
  readonly preview: string;
}

export interface ContentQuery {
  readonly in: 'text' | 'body' | 'from' | 'to' | 'cc' | 'bcc' | 'subject';
  /** A substring, without regard to case; runs of blanks count as one (RFC 3501 §6.4.4). Empty: whoever has the field. */
  readonly words: string;
}

export interface ContentIndex {
  /** In the order asked, some at a time. Costs microseconds a message when it is known. */
  describe(keys: readonly ContentKey[], read: ReadBytes): AsyncIterable<readonly Described[]>;
  /** Those of the keys that match. */
  search(
    query: ContentQuery,
    keys: readonly ContentKey[],
    read: ReadBytes,
  ): Promise<ReadonlySet<ContentKey>>;
  /** Indexes them later, when it is quiet; never waits, never throws. Not needed for correctness. */
  added(keys: readonly ContentKey[], read: ReadBytes): void;
  forget(keys: readonly ContentKey[]): void;
  /** Lets go of the file (before the account is moved away); the next use opens it again. */
  close(): Promise<void>;
}

export interface ContentShelf extends AsyncDisposable {
  /** The same path is the same index. */
  of(path: string): ContentIndex;
}

export interface ContentShelfOptions {
  /** The file could not be used and messages were read instead, or was thrown away; for the log. */
  readonly onTrouble?: (trouble: { readonly path: string; readonly cause: unknown }) => void;
  /** How long no message must have been added before the added ones are indexed. */
  readonly quietMs?: number;
}
