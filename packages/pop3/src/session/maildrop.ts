// The maildrop of one session (RFC 1939 §3): INBOX as it was when the client came in, locked, with what the client wants deleted.
//
// Promise: nothing is deleted before update(), and update() only runs after QUIT (RFC 1939 §6, threat 37). Numbers and unique ids are
// those of the moment of opening, whoever else changes the folder meanwhile.
import type { Folder, Mailbox, Message } from '@restante/mailbox-store';

export interface DropMessage {
  /** RFC 1939 §5: counted from 1. */
  readonly number: number;
  readonly uid: number;
  readonly sizeBytes: number;
}

export class Maildrop implements AsyncDisposable {
  readonly #folder: Folder;
  readonly #lock: AsyncDisposable;
  readonly #messages: readonly Message[];
  readonly #deleted = new Set<number>();
  /** UIDs that were sent whole. */
  readonly #seen = new Set<number>();
  #isClosed = false;

  private constructor(folder: Folder, lock: AsyncDisposable) {
    this.#folder = folder;
    this.#lock = lock;
    this.#messages = folder.messages;
  }

  /** Undefined while another session has it. */
  static async open(mailbox: Mailbox): Promise<Maildrop | undefined> {
    const lock = await mailbox.lock();
    if (lock === undefined) return undefined;
    let folder: Folder | undefined;
    try {
      folder = await mailbox.open('INBOX');
      if (folder === undefined) throw new Error('The account has no INBOX.');
      await folder.refresh();
      return new Maildrop(folder, lock);
    } catch (cause) {
      await folder?.[Symbol.asyncDispose]();
      await lock[Symbol.asyncDispose]();
      throw cause;
    }
  }

  /** Those that are not marked as deleted. */
  *remaining(): Iterable<DropMessage> {
    for (let number = 1; number <= this.#messages.length; number += 1) {
      const message = this.message(number);
      if (message !== undefined) yield message;
    }
  }

  message(number: number): DropMessage | undefined {
    const message = this.#messages[number - 1];
    if (message === undefined || this.#deleted.has(message.uid)) return undefined;
    return { number, uid: message.uid, sizeBytes: message.sizeBytes };
  }

  get totals(): { readonly messages: number; readonly sizeBytes: number } {
    let messages = 0;
    let sizeBytes = 0;
    for (const each of this.remaining()) {
      messages += 1;
      sizeBytes += each.sizeBytes;
    }
    return { messages, sizeBytes };
  }

  /** RFC 1939 §7: the same for ever. Written as Dovecot does by default, so that changing servers makes nobody fetch all mail again. */
  uniqueId({ uid }: DropMessage): string {
    const hex = (value: number) => value.toString(16).padStart(8, '0');
    return `${hex(uid)}${hex(this.#folder.uidValidity)}`;
  }

  /** Pieces of the message; undefined when somebody else took it away meanwhile. */
  async read({
    uid,
    sizeBytes,
  }: DropMessage): Promise<AsyncIterable<Buffer> | Iterable<Buffer> | undefined> {
    if (sizeBytes > readAtOnceMaxBytes) {
      return this.#folder.message(uid) === undefined ? undefined : this.#folder.readPieces(uid);
    }
    const whole = await this.#folder.read(uid);
    return whole === undefined ? undefined : [whole];
  }

  noteSent({ uid }: DropMessage): void {
    this.#seen.add(uid);
  }

  delete({ uid }: DropMessage): void {
    this.#deleted.add(uid);
  }

  /** RSET. */
  undelete(): void {
    this.#deleted.clear();
  }

  /** RFC 1939 §6: QUIT has come. Gives how many went. */
  async update(): Promise<number> {
    const read = [...this.#seen].filter((uid) => !this.#deleted.has(uid));
    if (this.#deleted.size > 0) {
      await this.#folder.expunge({ uids: [...this.#deleted], evenUnflagged: true });
    }
    // What a program has fetched and left here is no news for the others.
    if (read.length > 0) await this.#folder.setFlags(read, { how: 'add', flags: ['\\Seen'] });
    return this.#deleted.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      await this.#folder[Symbol.asyncDispose]();
    } finally {
      await this.#lock[Symbol.asyncDispose]();
    }
  }
}

const readAtOnceMaxBytes = 256 * 1024;
