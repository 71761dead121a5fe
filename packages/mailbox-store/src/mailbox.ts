// One account's folders and what is in them, as IMAP, POP3, the web and transfers use them. The port of reading.
//
// Promises
// - Everybody in this process who opens a folder shares one Folder; what one changes, the others hear of.
// - What resolved survives a power cut: append, copy, move, expunge, flags (Maildir file names, fsync of the directories), folders,
//   subscriptions. What did not is absent or whole, never half.
// - UIDs ascend, are never reused; UIDVALIDITY changes only when UIDs were lost. Both are Dovecot's as well, who may read and write the
//   same tree at the same time (dovecot-uidlist v3 and its lock, dovecot-keywords, subscriptions, maildirfolder).
// - The index (SQLite, one file an account) is a cache: deleting it costs time, not data. Modseqs live in it: after its loss they begin
//   above the clock, never lower than any that was told (HIGHESTMODSEQ only grows).
// - Expunged mail is kept for the grace period and can be brought back.
// - Failures throw MailboxStoreError; what a client may cause is an answer instead.
import type { ReadMessage } from '@restante/mime';

/** "/" between levels; INBOX in capitals; every name in Unicode NFC. */
export type FolderName = string;

/** RFC 6154, and where our own deliver. */
export type SpecialUse = 'all' | 'archive' | 'drafts' | 'flagged' | 'junk' | 'sent' | 'trash';

export interface FolderEntry {
  readonly name: FolderName;
  /** False for a name that only has children. */
  readonly isSelectable: boolean;
  readonly hasChildren: boolean;
  readonly isSubscribed: boolean;
  readonly specialUse?: SpecialUse;
  /** The folder of deleted mail (undelete); not listed by LIST "*" unless asked for by name. */
  readonly isHidden: boolean;
}

export type FolderAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'exists' }
  | { readonly kind: 'no-such-folder' }
  | { readonly kind: 'has-children' }
  /** Empty, too long, control characters, "..", INBOX where it cannot be: with the reason. */
  | { readonly kind: 'name-refused'; readonly why: string };

export interface Mailbox {
  readonly address: string;
  /** Ordered by name, INBOX first. Costs one directory listing, cached while nothing changed. */
  folders(): Promise<readonly FolderEntry[]>;
  /** Subscriptions may outlive their folders (RFC 3501 §6.3.6). */
  subscriptions(): Promise<readonly FolderName[]>;
  createFolder(
    name: FolderName,
    options?: { readonly specialUse?: SpecialUse },
  ): Promise<FolderAnswer>;
  /** Its messages go to the deleted ones. */
  deleteFolder(name: FolderName): Promise<FolderAnswer>;
  /** With everything below it. Renaming INBOX moves its messages (RFC 3501 §6.3.5). */
  renameFolder(from: FolderName, to: FolderName): Promise<FolderAnswer>;
  setSubscribed(name: FolderName, isSubscribed: boolean): Promise<void>;
  /** Undefined when there is no such selectable folder. Dispose every handle that was opened. */
  open(name: FolderName): Promise<Folder | undefined>;
  /** Cheap: from the index, without opening, but looked at again when the directories changed. */
  status(name: FolderName): Promise<FolderStatus | undefined>;
  quota(): {
    readonly usedBytes: number;
    readonly limitBytes?: number;
    readonly usedMessages: number;
    readonly limitMessages?: number;
  };
  /** Expunged mail within the grace period, newest first. */
  recoverable(filter?: RecoverableFilter): Promise<readonly RecoverableMessage[]>;
  /** Brings it back to where it was (the inbox, when that is not known any more), as new messages; folders are made anew. */
  undelete(filter?: RecoverableFilter): Promise<UndeleteAnswer>;
  /** Locks the mailbox for one POP3 session (RFC 1939 §3); undefined when somebody else has it. */
  lock(): Promise<AsyncDisposable | undefined>;
}

export interface RecoverableFilter {
  /** Deleted from this folder. */
  readonly from?: FolderName;
  /** Deleted at this time or later. */
  readonly sinceMs?: number;
  /** UIDs in the folder of deleted mail. */
  readonly uids?: readonly number[];
}

export interface RecoverableMessage {
  /** In the folder of deleted mail, which can be opened under the name `recoverableFolder`. */
  readonly uid: number;
  readonly from: FolderName;
  readonly deletedAtMs: number;
  readonly sizeBytes: number;
  readonly emailId: string;
}

export interface UndeleteAnswer {
  readonly restored: number;
  /** How many would have passed the quota and stayed where they are. */
  readonly overQuota: number;
}

export interface FolderStatus {
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly highestModseq: number;
  readonly messages: number;
  readonly unseen: number;
  readonly deleted: number;
  readonly sizeBytes: number;
  /** RFC 8474. */
  readonly mailboxId: string;
}

/** One message as the folder knows it. Never mutated: a change makes a new one, so identity tells. */
export interface Message {
  readonly uid: number;
  readonly modseq: number;
  /** System flags first ("\\Seen"), then keywords; interned, so the same set is the same array. Never \Recent. */
  readonly flags: readonly string[];
  readonly sizeBytes: number;
  /** INTERNALDATE. */
  readonly receivedAtMs: number;
  /** When it came into this folder (RFC 8514). */
  readonly savedAtMs: number;
  /** RFC 8474; stays through copies and moves. */
  readonly emailId: string;
}

/** What happened since the last one. Modseqs only grow. */
export interface FolderChange {
  readonly appeared: readonly Message[];
  readonly changed: readonly Message[];
  readonly vanished: readonly number[];
  readonly highestModseq: number;
}

export type FlagChange = {
  readonly how: 'add' | 'remove' | 'replace';
  readonly flags: readonly string[];
};

export interface FlagsAnswer {
  readonly changed: readonly Message[];
  /** Left alone because they changed after unchangedSince. */
  readonly modified: readonly number[];
  /** A folder has room for 26 keywords; nothing was changed then. */
  readonly tooManyKeywords?: true;
}

export interface AppendedMessage {
  readonly body: Buffer | { readonly sizeBytes: number; open(): AsyncIterable<Buffer> };
  readonly flags: readonly string[];
  readonly receivedAtMs: number;
}

export type AppendedAnswer =
  | { readonly kind: 'stored'; readonly uidValidity: number; readonly uids: readonly number[] }
  | { readonly kind: 'over-quota' }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'no-such-folder' }
  | { readonly kind: 'too-many-keywords' };

export interface Folder extends AsyncDisposable {
  readonly name: FolderName;
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly highestModseq: number;
  readonly mailboxId: string;
  /** Keywords in use here. */
  readonly keywords: readonly string[];
  /** Ascending by UID, as of the last change told; the array is replaced, not mutated. */
  readonly messages: readonly Message[];
  message(uid: number): Message | undefined;
  /** Looks at the disk for what others did (deliveries of other processes, Dovecot). The listeners hear of it before this resolves. */
  refresh(): Promise<void>;
  onChange(listener: (change: FolderChange) => void): Disposable;
  /** UIDs that went after the modseq, ascending (RFC 7162 §3.2.10); undefined when that is no longer known. */
  vanishedSince(modseq: number): readonly number[] | undefined;

  /** All or none. */
  append(messages: readonly AppendedMessage[]): Promise<AppendedAnswer>;
  /** UIDs that are gone are passed over. With unchangedSince, those changed later are left and told. */
  setFlags(
    uids: readonly number[],
    change: FlagChange,
    options?: { readonly unchangedSince?: number },
  ): Promise<FlagsAnswer>;
  /** Those of the UIDs (all, when absent) that have \Deleted, or any with `evenUnflagged` (POP3). Gives what went. */
  expunge(options?: {
    readonly uids?: readonly number[];
    readonly evenUnflagged?: boolean;
  }): Promise<readonly number[]>;
  /** All or none; pairs in the order of the source UIDs (COPYUID). */
  copy(uids: readonly number[], to: FolderName): Promise<CopyAnswer>;
  /** As copy and expunge in one: at no instant, and after no crash, is a message in neither; at worst in both. */
  move(uids: readonly number[], to: FolderName): Promise<CopyAnswer>;

  /** The stored bytes; undefined when the message went meanwhile. `range` reads only a part of the file. */
  read(
    uid: number,
    range?: { readonly start: number; readonly end: number },
  ): Promise<Buffer | undefined>;
  /** Large messages in pieces. */
  readPieces(uid: number): AsyncIterable<Buffer>;
  /** Envelope and structure from the index, read from the message and kept where it is not there yet; in the order asked, gone ones left out. */
  describe(
    uids: readonly number[],
  ): AsyncIterable<{ readonly uid: number; readonly about: ReadMessage; readonly preview: string }>;
  /** Full text (FTS5): UIDs whose decoded text, or one of the fields, contains the words as a substring, without regard to case (RFC 3501 §6.4.4). */
  search(query: {
    readonly in: 'text' | 'body' | 'from' | 'to' | 'cc' | 'bcc' | 'subject';
    readonly words: string;
  }): Promise<ReadonlySet<number>>;
}

export type CopyAnswer =
  | {
      readonly kind: 'copied';
      readonly uidValidity: number;
      readonly pairs: readonly { readonly from: number; readonly to: number }[];
    }
  | { readonly kind: 'no-such-folder' }
  | { readonly kind: 'over-quota' };
