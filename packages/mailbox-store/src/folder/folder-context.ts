// What the folders of one mailbox have in common.
import type { Clock } from '@restante/runtime';
import type { ContentIndex } from '../content/content-index.ts';
import type { MailboxIndex } from '../index/mailbox-index.ts';
import type { OpenFolder } from './open-folder.ts';
import type { StoredMessage } from './stored-message.ts';

export interface FolderContext {
  /** The mailbox's directory, which is its inbox. */
  readonly root: string;
  /** Throws when the mailbox is closed: its directory may be somebody else's by now. */
  assertOpen(): void;
  readonly index: MailboxIndex;
  readonly clock: Clock;
  readonly hostname: string;
  readonly quota: QuotaGate;
  readonly content: ContentIndex;
  /** Runs with another folder of the mailbox open; undefined when there is none. */
  withOther<T>(name: string, work: (target: OpenFolder | undefined) => Promise<T>): Promise<T>;
  /** Prepares to take expunged messages out of their folder: to the recoverable ones, or for good. */
  discarder(folder: OpenFolder): Promise<Discarder>;
  /** Copied or moved by whoever has it open; what that says is nobody's business here. */
  moved(what: {
    readonly from: OpenFolder;
    readonly to: OpenFolder;
    readonly uids: readonly number[];
  }): void;
}

/** Keeps many at once from passing a quota together. */
export interface QuotaGate {
  /** Undefined when they do not fit. The reservation ends when what was stored is noted, or when it was not stored. */
  reserve(bytes: number, messages: number): Promise<Disposable | undefined>;
  /** What was stored (or, with negative numbers, removed). */
  note(bytes: number, messages: number): void;
}

export interface Discarder {
  /** Without a pause; throws ENOENT when the file is not where it should be. */
  file(message: StoredMessage): void;
  /** Where they went survives a power cut afterwards. */
  sync(): Promise<void>;
}
