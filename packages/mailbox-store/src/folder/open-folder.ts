// One folder that somebody has open: the one object all its readers in this process share.
//
// Changes come one after the other (`alone`); reading does not wait for them. Whoever changes files first changes the disk,
// syncs it, and then tells memory and index, so what is told is what is stored.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { MailboxStoreError } from '../errors.ts';
import type { FolderFiles } from '../maildir/folder-files.ts';
import { FlagLetters } from '../maildir/flag-letters.ts';
import {
  formatKeywords,
  parseKeywords,
  readKeywords,
  type Keywords,
} from '../maildir/keywords-file.ts';
import { glanceAtUidList } from '../maildir/uid-list-header.ts';
import type { FolderChange } from '../mailbox.ts';
import type { FolderContext } from './folder-context.ts';
import { FolderMemory, type SeenOnDisk } from './folder-memory.ts';
import { lookAtDirectories } from './look-at-directories.ts';
import { recoverableFolder } from '../folders/folder-name.ts';
import { Places } from './stored-message.ts';

export class OpenFolder {
  name: string;
  files: FolderFiles;
  readonly context: FolderContext;
  #memory: FolderMemory;
  #keywordsStamp = '';
  #last: Promise<unknown> = Promise.resolve();
  readonly #listeners = new Set<(change: FolderChange) => void>();

  static async open(name: string, files: FolderFiles, context: FolderContext): Promise<OpenFolder> {
    if (glanceAtUidList(files.dir) === undefined) await files.uids.ensure();
    const folder = new OpenFolder(name, files, context);
    await folder.refresh();
    return folder;
  }

  private constructor(name: string, files: FolderFiles, context: FolderContext) {
    this.name = name;
    this.files = files;
    this.context = context;
    this.#memory = this.#remember();
    files.directories.resume(this.#memory.seen.directories);
  }

  /** Mail in here does not count against the quota: it is on its way out. */
  get isUncounted(): boolean {
    return this.name === recoverableFolder;
  }

  get dir(): string {
    return this.files.dir;
  }

  /** Its directory was deleted or renamed by somebody else. */
  get isGone(): boolean {
    return statSync(this.dir, { throwIfNoEntry: false }) === undefined;
  }

  /** RFC 8474 §4.1: stays through renames; the GUID that Dovecot has in the UID list. */
  get mailboxId(): string {
    return `F${this.#memory.guid}`;
  }

  get memory(): FolderMemory {
    return this.#memory;
  }

  get keywords(): Keywords {
    return this.#memory.places.letters.keywords;
  }

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  onChange(listener: (change: FolderChange) => void): Disposable {
    // A wrapper of its own: the same function may listen twice.
    const entry = (change: FolderChange): void => listener(change);
    this.#listeners.add(entry);
    return { [Symbol.dispose]: () => void this.#listeners.delete(entry) };
  }

  /** One change after the other. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    // The next one does not care how this one ended.
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } catch (cause) {
      if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
      throw new MailboxStoreError('MAILBOX_WRITE_FAILED', { about: this.dir, cause });
    }
  }

  async refresh(): Promise<void> {
    await this.alone(() => this.look());
  }

  /** It was renamed: the same messages under another name. Only from within `alone`. */
  moveTo(name: string, files: FolderFiles): void {
    this.name = name;
    this.files = files;
  }

  /** It was deleted: whoever still has it open hears that everything went. */
  end(): void {
    const { messages, highestModseq } = this.#memory;
    this.context.index.removeFolder(this.#memory.guid);
    this.#tell({
      appeared: [],
      changed: [],
      vanished: messages.map(({ uid }) => uid),
      highestModseq: highestModseq + 1,
    });
  }

  /** Brings memory up to the disk. Only from within `alone`. */
  async look(): Promise<void> {
    const glance = glanceAtUidList(this.dir);
    if (glance === undefined) await this.files.uids.ensure();
    const { guid, uidValidity } = glance ?? this.files.uids;
    if (uidValidity !== this.#memory.uidValidity || guid !== this.#memory.guid) this.#begin();
    if (this.#memory.isBehind) this.#memory.adopt();
    this.takeKeywords();
    await lookAtDirectories(this);
  }

  /** Reads dovecot-keywords when it has changed; the flags of messages may mean something else then. */
  takeKeywords(): void {
    const stat = statSync(join(this.dir, 'dovecot-keywords'), { throwIfNoEntry: false });
    const stamp = stat === undefined ? 'none' : `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
    if (stamp === this.#keywordsStamp) return;
    const keywords = readKeywords(this.dir);
    this.#keywordsStamp = stamp;
    const memory = this.#memory;
    if (formatKeywords(keywords) === formatKeywords(this.keywords)) return;
    const places = memory.places.under(new FlagLetters(keywords, memory.places.letters));
    memory.places = places;
    memory.change(
      (modseq) => ({
        changed: memory.messages
          .filter(({ place }) => places.at(place.key) !== place)
          .map((message) => message.movedTo(places.at(message.place.key), modseq)),
      }),
      this.seen(),
    );
  }

  /** What memory is made from now; for the index. */
  seen(): SeenOnDisk {
    return {
      // As long as it was not read in this process, what the index says of it holds.
      uidList: this.files.uids.guid === '' ? this.#memory.seen.uidList : this.files.uids.stamp,
      directories: this.files.directories.stamp,
      keywords: formatKeywords(this.keywords),
    };
  }

  /** The UID list was made anew with other numbers: nothing of what was told is true any more. */
  #begin(): void {
    const { messages, highestModseq } = this.#memory;
    const vanished = messages.map(({ uid }) => uid);
    this.files.directories.forget();
    this.#memory = this.#remember();
    if (vanished.length > 0) this.#tell({ appeared: [], changed: [], vanished, highestModseq });
  }

  #remember(): FolderMemory {
    const glance = glanceAtUidList(this.dir) ?? this.files.uids;
    const { index, clock } = this.context;
    const remembered = index.folder(glance.guid)?.keywords ?? '';
    return new FolderMemory({
      guid: glance.guid,
      uidValidity: glance.uidValidity,
      index,
      clock,
      // As the index had them: what changed since then is a change, and gets a modseq.
      places: new Places(new FlagLetters(parseKeywords(remembered))),
      tell: (change) => this.#tell(change),
    });
  }

  #tell(change: FolderChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
