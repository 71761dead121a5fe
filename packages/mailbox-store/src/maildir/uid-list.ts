// UIDs of one Maildir, kept in dovecot-uidlist and shared with Dovecot.
//
// Promises
// - assign() resolves only when the lines survive a power cut. A UID is never given twice, and later messages have larger ones.
// - A name that has a UID already (Dovecot was faster, or we were before a crash) keeps it.
// - The file is only ever appended to or replaced as a whole (temporary file, fsync, rename), under Dovecot's lock, so a
//   reader without a lock always sees whole lines. What another program wrote meanwhile is read before anything is added.
//
// The usual case - lock, look, append, unlock - is a handful of system calls on cached pages and runs without a pause, so
// the lock is held for about 0.1 ms and never across an fdatasync. Only making the file anew holds it longer.
import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '@restante/runtime';
import { MailboxStoreError } from '../errors.ts';
import { tryLock, unlock, waitForLock } from './dotlock.ts';
import { keyOfName } from './file-name.ts';
import { GroupCommit } from './group-commit.ts';
import { KnownUids, type UnfitReason } from './known-uids.ts';
import { rewriteUidList } from './rewrite-uid-list.ts';

const fdatasyncAsync = promisify(fdatasync);

export interface UidListOptions {
  /** The Maildir. */
  readonly dir: string;
  readonly clock: Clock;
  /** Names in new/ and cur/ now; asked for when the list has to be made from nothing. */
  readonly namesOnDisk: () => Promise<readonly string[]>;
  readonly onDamage: (problem: string) => void;
}

/** Which bytes the memory was read from; anything else on disk means somebody else was here. */
interface Seen {
  readonly inode: number;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

export class UidList {
  readonly #options: UidListOptions;
  readonly #path: string;
  readonly #lockPath: string;
  readonly #group: GroupCommit<readonly string[], readonly number[]>;
  readonly #uids = new KnownUids();
  #seen: Seen | undefined;
  /** What was read last cannot be appended to: missing, damaged, or of an old version. */
  #isUnusable = false;
  /** A write or sync of it failed: what is in memory may not be on disk. */
  #isSuspect = false;

  constructor(options: UidListOptions) {
    this.#options = options;
    this.#path = join(options.dir, 'dovecot-uidlist');
    this.#lockPath = `${this.#path}.lock`;
    this.#group = new GroupCommit((requests) => this.#assignGroups(requests));
  }

  /** Reads the file; missing is fine. What is damaged is replaced with the next assign(). */
  load(): void {
    this.#refresh({ isLocked: false });
  }

  /** Key as keyOfName() makes it: a delivery id, or the base name of a foreign message. */
  uidOf(key: string): number | undefined {
    return this.#uids.get(key);
  }

  /** A sync failed, and only this memory knows. */
  get isSuspect(): boolean {
    return this.#isSuspect;
  }

  get count(): number {
    return this.#uids.size;
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

  get uidValidity(): number {
    return this.#uids.uidValidity;
  }

  get nextUid(): number {
    return this.#uids.nextUid;
  }

  /** Names the folder for ever, also when it is renamed. */
  get guid(): string {
    return this.#uids.guid;
  }

  /** Equal as long as nobody has written; of what was read last. */
  get stamp(): string {
    const { inode, sizeBytes, mtimeMs } = this.#seen ?? { inode: 0, sizeBytes: 0, mtimeMs: 0 };
    return `${inode}:${sizeBytes}:${mtimeMs}`;
  }

  /** The stamp of the file as it is now, without reading it. */
  stampOnDisk(): string {
    const stat = statSync(this.#path, { throwIfNoEntry: false });
    return stat === undefined ? '0:0:0' : `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
  }

  /** Keys of the messages with UIDs from this one on. */
  keysFrom(uid: number): readonly string[] {
    return this.#uids.keysFrom(uid);
  }

  /** Makes sure that what was read survives a power cut, before somebody relies on it. */
  async confirm(): Promise<void> {
    this.load();
    const fd = this.#mustRewrite ? undefined : this.#openIfThere();
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
    if (!tryLock(this.#lockPath)) await waitForLock(this.#lockPath, this.#options.clock);
    let fd: number | undefined;
    try {
      this.#refresh({ isLocked: true });
      if (this.#mustRewrite) await this.#rewrite(names);
      else fd = this.#append(names);
    } finally {
      unlock(this.#lockPath);
    }
    if (fd !== undefined) await this.#sync(fd);
    return names.map((name) => this.#uids.get(keyOfName(name)) ?? 0);
  }

  /** Appends lines for those names that have no UID. Gives the open file, to be synced and closed. */
  #append(names: readonly string[]): number {
    const lines = this.#uids.linesFor(names);
    if (lines === undefined) {
      throw new MailboxStoreError('MAILBOX_UIDS_EXHAUSTED', { about: this.#options.dir });
    }
    const fd = openSync(this.#path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW);
    try {
      const bytes = Buffer.from(lines.text, 'latin1');
      if (writeSync(fd, bytes) !== bytes.length)
        throw new Error('Only a part of the UID list lines was written.');
      this.#uids.remember(lines);
      this.#see(fd);
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
  async #rewrite(names: readonly string[]): Promise<void> {
    const { dir: _, ...options } = this.#options;
    this.#isSuspect = true;
    await rewriteUidList({
      ...options,
      path: this.#path,
      names,
      // A list we knew is never continued with smaller numbers, even if its file lost its tail.
      nextUidMin: this.#uids.nextUid,
      uidValidityAfter: this.#uids.uidValidity,
    });
    this.#isSuspect = false;
    this.#seen = undefined;
    this.#refresh({ isLocked: true });
  }

  /** Brings the memory up to what is on disk: nothing to do, a longer tail, or everything. */
  #refresh({ isLocked }: { readonly isLocked: boolean }): void {
    const fd = this.#openIfThere();
    if (fd === undefined) {
      this.#forget();
      this.#isUnusable = true;
      return;
    }
    try {
      const { ino, size, mtimeMs } = fstatSync(fd);
      const seen = this.#seen;
      if (seen?.inode === ino && seen.sizeBytes === size && seen.mtimeMs === mtimeMs) return;
      const isLonger = seen?.inode === ino && size > seen.sizeBytes;
      if (!isLonger) this.#forget();
      const from = isLonger ? seen.sizeBytes : 0;
      const bytes = readFrom(fd, from, size);
      // Without the lock somebody may be in the middle of a line; it is read next time.
      const whole = isLocked ? bytes : bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
      if (whole.length > 0 || isLocked) {
        this.#note(isLonger ? this.#uids.readLines(whole) : this.#uids.readFile(whole));
      }
      this.#seen =
        whole.length === 0 && !isLonger
          ? undefined
          : { inode: ino, sizeBytes: from + whole.length, mtimeMs };
    } finally {
      closeSync(fd);
    }
  }

  #openIfThere(): number | undefined {
    try {
      return openSync(this.#path, constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
      throw cause;
    }
  }

  #note(reason: UnfitReason | undefined): void {
    if (reason === undefined) return;
    this.#isUnusable = true;
    if (reason.kind === 'damaged') this.#options.onDamage(`${this.#path}: ${reason.problem}`);
  }

  #see(fd: number): void {
    const { ino, size, mtimeMs } = fstatSync(fd);
    this.#seen = { inode: ino, sizeBytes: size, mtimeMs };
  }

  #forget(): void {
    this.#uids.forget();
    this.#seen = undefined;
    this.#isUnusable = false;
  }
}

function readFrom(fd: number, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(to - from);
  let filled = 0;
  while (filled < bytes.length) {
    const count = readSync(fd, bytes, filled, bytes.length - filled, from + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
