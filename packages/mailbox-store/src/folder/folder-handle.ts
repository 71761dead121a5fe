// What somebody who opened a folder holds in his hand: the shared folder, and his own duty to let go of it.
import type {
  AppendedAnswer,
  AppendedMessage,
  CopyAnswer,
  FlagChange,
  FlagsAnswer,
  Folder,
  FolderChange,
} from '../mailbox.ts';
import { appendMessages } from './append-messages.ts';
import { copyMessages, moveMessages } from './copy-messages.ts';
import { type ExpungeOptions, expunge } from './expunge.ts';
import { describeMessages, searchMessages } from './folder-content.ts';
import type { OpenFolder } from './open-folder.ts';
import { type ByteRange, readMessage, readMessageInPieces } from './read-message.ts';
import { setFlags } from './set-flags.ts';
import type { StoredMessage } from './stored-message.ts';

export class FolderHandle implements Folder {
  readonly #folder: OpenFolder;
  readonly #listening = new DisposableStack();
  #release: (() => void) | undefined;

  constructor(folder: OpenFolder, release: () => void) {
    this.#folder = folder;
    this.#release = release;
  }

  get name(): string {
    return this.#folder.name;
  }

  get uidValidity(): number {
    return this.#folder.memory.uidValidity;
  }

  get uidNext(): number {
    return this.#folder.memory.uidNext;
  }

  get highestModseq(): number {
    return this.#folder.memory.highestModseq;
  }

  get mailboxId(): string {
    return this.#folder.mailboxId;
  }

  get keywords(): readonly string[] {
    return this.#folder.keywords.filter((keyword) => keyword !== undefined);
  }

  get messages(): readonly StoredMessage[] {
    return this.#folder.memory.messages;
  }

  message(uid: number): StoredMessage | undefined {
    return this.#folder.memory.message(uid);
  }

  refresh(): Promise<void> {
    return this.#folder.refresh();
  }

  onChange(listener: (change: FolderChange) => void): Disposable {
    return this.#listening.use(this.#folder.onChange(listener));
  }

  vanishedSince(modseq: number): readonly number[] | undefined {
    return this.#folder.memory.vanishedSince(modseq);
  }

  append(messages: readonly AppendedMessage[]): Promise<AppendedAnswer> {
    return appendMessages(this.#folder, messages);
  }

  setFlags(
    uids: readonly number[],
    change: FlagChange,
    options?: { readonly unchangedSince?: number },
  ): Promise<FlagsAnswer> {
    return setFlags(this.#folder, uids, change, options);
  }

  expunge(options?: ExpungeOptions): Promise<readonly number[]> {
    return expunge(this.#folder, options);
  }

  copy(uids: readonly number[], to: string): Promise<CopyAnswer> {
    return copyMessages(this.#folder, uids, to);
  }

  move(uids: readonly number[], to: string): Promise<CopyAnswer> {
    return moveMessages(this.#folder, uids, to);
  }

  read(uid: number, range?: ByteRange): Promise<Buffer | undefined> {
    return readMessage(this.#folder, uid, range);
  }

  readPieces(uid: number): AsyncIterable<Buffer> {
    return readMessageInPieces(this.#folder, uid);
  }

  describe(uids: readonly number[]): ReturnType<Folder['describe']> {
    return describeMessages(this.#folder, uids);
  }

  search(query: Parameters<Folder['search']>[0]): ReturnType<Folder['search']> {
    return searchMessages(this.#folder, query);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listening.dispose();
    this.#release?.();
    this.#release = undefined;
  }
}
