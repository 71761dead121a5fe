// UIDs of one Maildir, kept in dovecot-uidlist and shared with Dovecot.
//
// Promises
// - assign() resolves only when the lines survive a power cut. A UID is never given twice, and later messages have larger ones.
// - A name that has a UID already (Dovecot was faster, or we were before a crash) keeps it.
// - The file is only ever appended to or replaced as a whole (temporary file, fsync, rename), under Dovecot's lock, so a
//   reader without a lock always sees whole lines. What another program wrote meanwhile is read before anything is added.
//
// The usual case - lock, look, append, unlock - is a handful of system calls on cached pages and runs without a pause. The
// lock is never held for an fdatasync; making the file anew holds it longer, and a burst keeps it for some milliseconds.
import { closeSync, constants, fdatasync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '@restante/runtime';
import { MailboxStoreError } from '../errors.ts';
import { keyOfName } from './file-name.ts';
import { GroupCommit } from './group-commit.ts';
import { KnownUids, type UnfitReason } from './known-uids.ts';
import { LingeringLock } from './lingering-lock.ts';
import { openIfThere, readFrom, type Seen, seenOf, stampOf, stampOnDisk } from './list-file.ts';
import { rewriteUidList } from './rewrite-uid-list.ts';

const fdatasyncAsync = promisify(fdatasync);

export interface UidListOptions {
  /** The Maildir. */
  readonly dir: string;
  readonly clock: Clock;
  /** Names in new/ and cur/ now; asked for when the list has to be made from nothing. */
  readonly namesOnDisk: () => Promise<readonly string[]>;
  /** The UIDVALIDITY of a list that is begun anew. */
  readonly nextUidValidity: (atLeast: number) => Promise<number>;
  readonly onDamage: (problem: string) => void;
}

export class UidList {
  readonly #options: UidListOptions;
  readonly #path: string;
  readonly #lock: LingeringLock;
  readonly #group: GroupCommit<readonly string[], readonly number[]>;
  /** Who has which number, as read last. */
  readonly known = new KnownUids();
  #seen: Seen | undefined;
  /** What was read last cannot be appended to: missing, damaged, or of an old version. */
  #isUnusable = false;
  /** A write or sync of it failed: what is in memory may not be on disk. */
  #isSuspect = false;

  constructor(options: UidListOptions) {
    this.#options = options;
    this.#path = join(options.dir, 'dovecot-uidlist');
    this.#lock = new LingeringLock(`${this.#path}.lock`, options.clock);
    this.#group = new GroupCommit((requests) => this.#assignGroups(requests));
  }

  /** Reads the file; missing is fine. What is damaged is replaced with the next assign(). */
  load(): void {
    this.#refresh({ isLocked: false });
  }

  /** A sync failed, and only this memory knows. */
  get isSuspect(): boolean {
    return this.#isSuspect;
  }

  /** Gives the message with this base name a UID. Callers at the same time share one append and one sync. */
  async assign(baseName: string): Promise<number> {
    const [uid = 0] = await this.#group.request([baseName]);
    return uid;
  }

  /** The same for many, in their order. */
  assignMany(baseNames: readonly string[]): Promise<readonly number[]> {
    return this.#group.request(baseNames);
  }

  /** Afterwards there is a list that can be appended to, and it has been read. */
  async ensure(): Promise<void> {
    this.load();
    if (this.#mustRewrite || this.#seen === undefined) await this.#group.request([]);
  }

  /** Equal as long as nobody has written; of what was read last. */
  get stamp(): string {
    return stampOf(this.#seen);
  }

  /** The stamp of the file as it is now, without reading it. */
  stampOnDisk(): string {
    return stampOnDisk(this.#path);
  }

  /** Leaves out the lines of messages that are gone, as Dovecot does; `isKept` knows which are not. */
  async compact(isKept: (uid: number, name: string) => boolean): Promise<void> {
    await this.#lock.use(async () => {
      this.#refresh({ isLocked: true });
      if (!this.#mustRewrite) await this.#rewrite([], isKept);
    });
  }

  /** Makes sure that what was read survives a power cut, before somebody relies on it. */
  async confirm(): Promise<void> {
    this.load();
    const fd = this.#mustRewrite ? undefined : openIfThere(this.#path);
    if (fd === undefined) await this.#assignAll([]);
    else await this.#sync(fd);
  }

  get #mustRewrite(): boolean {
    return this.#isUnusable || this.#isSuspect;
  }

  async #assignGroups(
    requests: readonly (readonly string[])[],
  ): Promise<readonly (readonly number[])[]> {
    const uids = await this.#assignAll(requests.flat());
    let at = 0;
    return requests.map(({ length }) => uids.slice(at, (at += length)));
  }

  async #assignAll(names: readonly string[]): Promise<readonly number[]> {
    const fd = await this.#lock.use<number | undefined>(async () => {
      this.#refresh({ isLocked: true });
      if (!this.#mustRewrite) return this.#append(names);
      await this.#rewrite(names);
      return undefined;
    });
    if (fd !== undefined) await this.#sync(fd);
    return names.map((name) => this.known.get(keyOfName(name)) ?? 0);
  }

  /** Appends lines for those names that have no UID. Gives the open file, to be synced and closed. */
  #append(names: readonly string[]): number {
    const lines = this.known.linesFor(names);
    if (lines === undefined) {
      throw new MailboxStoreError('MAILBOX_UIDS_EXHAUSTED', { about: this.#options.dir });
    }
    const fd = openSync(this.#path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW);
    try {
      const bytes = Buffer.from(lines.text, 'latin1');
      if (writeSync(fd, bytes) !== bytes.length)
        throw new Error('Only a part of the UID list lines was written.');
      this.known.remember(lines);
      this.#seen = seenOf(fd);
      return fd;
    } catch (cause) {
      this.#takeBack(fd);
      closeSync(fd);
      throw new MailboxStoreError('MAILBOX_WRITE_FAILED', { about: this.#path, cause });
    }
  }

  /** After a write cut short by a full disk: the half line must not stay, for others append behind it. */
  #takeBack(fd: number): void {
    this.#isSuspect = true;
    if (this.#seen !== undefined) ftruncateSync(fd, this.#seen.sizeBytes);
  }

  async #sync(fd: number): Promise<void> {
    try {
      await fdatasyncAsync(fd);
    } catch (cause) {
      // The kernel may have dropped the pages and will call the next sync a success: only a new file can be trusted.
      this.#isSuspect = true;
      throw new MailboxStoreError('MAILBOX_NOT_DURABLE', { about: this.#path, cause });
    } finally {
      closeSync(fd);
    }
  }

  /** The caller holds the lock. */
  async #rewrite(
    names: readonly string[],
    isKept: (uid: number, name: string) => boolean = () => true,
  ): Promise<void> {
    const { dir: _, ...options } = this.#options;
    this.#isSuspect = true;
    await rewriteUidList({
      ...options,
      path: this.#path,
      names,
      isKept,
      // A list we knew is never continued with smaller numbers, even if its file lost its tail.
      nextUidMin: this.known.nextUid,
      uidValidityAfter: this.known.uidValidity,
    });
    this.#isSuspect = false;
    this.#seen = undefined;
    this.#refresh({ isLocked: true });
  }

  /** Brings the memory up to what is on disk: nothing to do, a longer tail, or everything. */
  #refresh({ isLocked }: { readonly isLocked: boolean }): void {
    const fd = openIfThere(this.#path);
    if (fd === undefined) {
      this.#forget();
      this.#isUnusable = true;
      return;
    }
    try {
      const now = seenOf(fd);
      const seen = this.#seen;
      if (seen !== undefined && stampOf(seen) === stampOf(now)) return;
      const isLonger = seen?.inode === now.inode && now.sizeBytes > seen.sizeBytes;
      if (!isLonger) this.#forget();
      const from = isLonger ? seen.sizeBytes : 0;
      const bytes = readFrom(fd, from, now.sizeBytes);
      // Without the lock somebody may be in the middle of a line; it is read next time.
      const whole = isLocked ? bytes : bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
      if (whole.length > 0 || isLocked) {
        this.#note(isLonger ? this.known.readLines(whole) : this.known.readFile(whole));
      }
      this.#seen =
        whole.length === 0 && !isLonger ? undefined : { ...now, sizeBytes: from + whole.length };
    } finally {
      closeSync(fd);
    }
  }

  #note(reason: UnfitReason | undefined): void {
    if (reason === undefined) return;
    this.#isUnusable = true;
    if (reason.kind === 'damaged') this.#options.onDamage(`${this.#path}: ${reason.problem}`);
  }

  #forget(): void {
    this.known.forget();
    this.#seen = undefined;
    this.#isUnusable = false;
  }
}
