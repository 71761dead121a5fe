// What everything that works on one mailbox shares: where it is, its index, its folders and who has them open.
import { dirname, join } from 'node:path';
import type { Quota } from '@restante/accounts';
import type { Clock } from '@restante/runtime';
import type { ContentIndex } from '../content/content-index.ts';
import { dropping, keeping } from '../deleted/discard.ts';
import { MailboxStoreError } from '../errors.ts';
import type { FolderContext } from '../folder/folder-context.ts';
import { OpenFolder } from '../folder/open-folder.ts';
import type { IndexPool } from '../index/index-pool.ts';
import { MailboxIndex } from '../index/mailbox-index.ts';
import { FolderFiles } from '../maildir/folder-files.ts';
import type { MailboxRepair } from '../mailbox-store.ts';
import { countUsage } from './count-usage.ts';
import { directoryOf, recoverableFolder } from './folder-name.ts';
import { FolderRegistry } from './folder-registry.ts';
import { FolderTree, type TreeFolder } from './folder-tree.ts';
import { makeFolders } from './make-folder.ts';
import { type Lesson, teach } from './teach.ts';
import { type CountedUsage, UsageCounter } from './usage-counter.ts';

export interface MailboxCoreOptions {
  /** The Maildir; its directories exist. The index lies beside it. */
  readonly root: string;
  readonly hostname: string;
  readonly clock: Clock;
  readonly indexes: IndexPool;
  readonly content: ContentIndex;
  /** How long expunged mail can be brought back; 0: not at all. */
  readonly graceMs: number;
  readonly quota: () => Quota;
  readonly onUsage: (usage: CountedUsage) => void;
  readonly onRepair: (repair: MailboxRepair) => void;
  /** Whether spam goes to the Junk folder. */
  readonly wantsJunkFolder: () => boolean;
  readonly onLesson?: (lesson: Lesson) => void;
}

export class MailboxCore {
  readonly options: MailboxCoreOptions;
  readonly tree: FolderTree;
  readonly folders = new FolderRegistry();
  readonly usage: UsageCounter;
  readonly #files = new Map<string, FolderFiles>();
  #context: FolderContext | undefined;
  #isClosed = false;

  constructor(options: MailboxCoreOptions) {
    this.options = options;
    this.tree = new FolderTree(options.root);
    this.usage = new UsageCounter({
      clock: options.clock,
      quota: options.quota,
      onChange: options.onUsage,
      count: async () => countUsage(await this.#countedDirs(), this.#context?.index),
    });
  }

  get root(): string {
    return this.options.root;
  }

  /** Opens the index when it is the first to ask. */
  get context(): FolderContext {
    const { root, hostname, clock, content } = this.options;
    this.assertOpen();
    this.#context ??= {
      assertOpen: () => this.assertOpen(),
      root,
      hostname,
      clock,
      content,
      index: new MailboxIndex(join(dirname(root), 'index.sqlite'), this.options.indexes),
      quota: this.usage,
      withOther: async (name, work) => {
        const target = await this.open(name);
        try {
          return await work(target);
        } finally {
          if (target) this.release(target);
        }
      },
      discarder: async (folder) => {
        if (this.options.graceMs === 0 || folder.isUncounted) return dropping(folder);
        return keeping(folder, await this.recoverableDir());
      },
      moved: (what) => void teach(this, what),
    };
    return this.#context;
  }

  /** Everybody who works on a folder's files shares them. */
  filesOf(dir: string): FolderFiles {
    const { clock, onRepair } = this.options;
    const known = this.#files.get(dir);
    if (known) return known;
    const onDamage = (detail: string): void => onRepair({ kind: 'uid-list-damaged', detail });
    const files = new FolderFiles({ root: this.root, dir, clock, onDamage });
    this.#files.set(dir, files);
    return files;
  }

  /** The directory is another folder's from now on, or nobody's. */
  forgetFiles(dir: string): void {
    this.#files.delete(dir);
  }

  /** Takes a handle on the shared folder; undefined when there is none. */
  async open(name: string): Promise<OpenFolder | undefined> {
    this.assertOpen();
    const found = (await this.tree.folders()).get(name);
    if (found?.isSelectable !== true) return undefined;
    return this.folders.acquire(name, () =>
      OpenFolder.open(name, this.filesOf(found.dir), this.context),
    );
  }

  release(folder: OpenFolder): void {
    this.folders.release(folder, this.options.clock.monotonicMs());
  }

  /** The directory of the recoverable ones, made when it is not there yet. */
  async recoverableDir(): Promise<string> {
    const directory = directoryOf(recoverableFolder);
    if (!(await this.tree.folders()).has(recoverableFolder)) {
      await makeFolders(this.root, [{ directory }]);
      this.tree.forget();
    }
    return join(this.root, directory);
  }

  /** Lets go of what nobody used lately. */
  forgetIdle(): void {
    this.folders.forgetIdle(this.options.clock.monotonicMs());
    if (!this.folders.isEmpty) return;
    for (const dir of this.#files.keys()) if (dir !== this.root) this.#files.delete(dir);
    this.#closeIndex();
  }

  assertOpen(): void {
    if (this.#isClosed) throw new MailboxStoreError('STORE_CLOSED');
  }

  /** Whoever still holds a folder of it gets STORE_CLOSED from now on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const folder of this.folders.opened()) folder.close();
    this.#closeIndex();
    await this.options.content.close();
  }

  /** Directories with mail that counts: all but the recoverable ones. */
  async #countedDirs(): Promise<readonly string[]> {
    const folders: readonly TreeFolder[] = [...(await this.tree.folders()).values()];
    return folders.filter((one) => one.isSelectable && !one.isHidden).map(({ dir }) => dir);
  }

  #closeIndex(): void {
    this.#context?.index.close();
    this.#context = undefined;
  }
}
