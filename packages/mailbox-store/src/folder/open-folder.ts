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
import { compactUidList } from './compact-uid-list.ts';
import type { FolderContext } from './folder-context.ts';
import { noteAdded } from './folder-content.ts';
import { FolderMemory } from './folder-memory.ts';
import { FolderWatch } from './folder-watch.ts';
import { lookAtDirectories } from './look-at-directories.ts';
import { recoverableFolder } from '../folders/folder-name.ts';
import type { SeenOnDisk } from './seen-on-disk.ts';
import { Places } from './stored-message.ts';

/** A folder met for the first time is not read through only because somebody looked at it. */
const indexedAtOnceMax = 1000;

export class OpenFolder {
  name: string;
  files: FolderFiles;
  readonly context: FolderContext;
  #memory: FolderMemory;
  #watch: FolderWatch | undefined;
  #keywordsStamp = '';
  /** Size of the UID list after it was made smaller. */
  #compactedBytes = 0;
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
    // The files were known to a folder that is forgotten; deliveries since then were told to nobody.
    files.directories.forget();
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

  onChange(listener: (change: FolderChange) => void): Disposable {
    // A wrapper of its own: the same function may listen twice.
    const entry = (change: FolderChange): void => listener(change);
    this.#listeners.add(entry);
    this.#watch ??= this.#startWatching();
    return {
      [Symbol.dispose]: () => {
        this.#listeners.delete(entry);
        if (this.#listeners.size === 0) this.#stopWatching();
      },
    };
  }

  /** One change after the other. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => {
      this.context.assertOpen();
      return work();
    });
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

  /** For those who wait for changes, should the system not tell of them. */
  async lookIfAwaited(): Promise<void> {
    if (this.#listeners.size > 0) await this.refresh();
  }

  #startWatching(): FolderWatch {
    // Whoever cares for a failure looks himself and hears of it.
    return new FolderWatch(this.dir, () => void this.refresh().catch(() => undefined));
  }

  #stopWatching(): void {
    this.#watch?.[Symbol.dispose]();
    this.#watch = undefined;
  }

  /** It was renamed: the same messages under another name. Only from within `alone`. */
  moveTo(name: string, files: FolderFiles): void {
    this.name = name;
    this.files = files;
    files.directories.forget();
    if (this.#watch === undefined) return;
    this.#stopWatching();
    this.#watch = this.#startWatching();
  }

  /** Nobody is told of anything any more. */
  close(): void {
    this.#stopWatching();
    this.#listeners.clear();
  }

  /** It was deleted: whoever still has it open hears that everything went. */
  end(): void {
    this.#stopWatching();
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
    const { guid, uidValidity } = glance ?? this.files.uids.known;
    if (uidValidity !== this.#memory.uidValidity || guid !== this.#memory.guid) this.#begin();
    this.takeKeywords();
    await lookAtDirectories(this);
    this.#compactedBytes = await compactUidList(this, this.#compactedBytes);
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

  /** What memory is made from, with all messages below `uidNext` told; for the index. */
  seen(uidNext = this.#memory.uidNext): SeenOnDisk {
    const { known, stamp } = this.files.uids;
    // What the index says of the list holds as long as it was not read in this process, and while there are numbers in it
    // that nobody was told of (a delivery under way): the next look then looks for them.
    const isAllTold = known.guid !== '' && known.nextUid <= uidNext;
    return {
      uidList: isAllTold ? stamp : this.#memory.seen.uidList,
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
    const glance = glanceAtUidList(this.dir) ?? this.files.uids.known;
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
    const { appeared } = change;
    if (appeared.length > 0 && appeared.length <= indexedAtOnceMax)
      noteAdded(
        this,
        appeared.flatMap(({ uid }) => this.#memory.message(uid) ?? []),
      );
    for (const listener of this.#listeners) listener(change);
  }
}
