// The folders of one mailbox that are open: everybody who opens one gets the same, and it is forgotten some time after the
// last one has let go.
import type { OpenFolder } from '../folder/open-folder.ts';

/** Somebody who comes back within this finds it as it was. */
const keptIdleMs = 60_000;

interface Entry {
  readonly opening: Promise<OpenFolder>;
  folder?: OpenFolder;
  handles: number;
  idleSinceMs: number;
}

export class FolderRegistry {
  readonly #entries = new Map<string, Entry>();

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Opened by somebody, or not yet forgotten. */
  async find(name: string): Promise<OpenFolder | undefined> {
    return this.#entries.get(name)?.opening;
  }

  /** Takes a handle; let it go with release(). */
  async acquire(name: string, open: () => Promise<OpenFolder>): Promise<OpenFolder> {
    const entry: Entry = this.#entries.get(name) ?? { opening: open(), handles: 0, idleSinceMs: 0 };
    this.#entries.set(name, entry);
    entry.handles += 1;
    try {
      entry.folder = await entry.opening;
      return entry.folder;
    } catch (cause) {
      // Somebody else may have begun again meanwhile.
      if (this.#entries.get(name) === entry) this.#entries.delete(name);
      throw cause;
    }
  }

  /** Takes a handle if it is open already. */
  async acquireOpened(name: string): Promise<OpenFolder | undefined> {
    const entry = this.#entries.get(name);
    return entry && this.acquire(name, () => entry.opening);
  }

  release(folder: OpenFolder, nowMs: number): void {
    const entry = this.#entries.get(folder.name);
    // Another folder of the same name was made meanwhile.
    if (entry?.folder !== folder) return;
    entry.handles -= 1;
    entry.idleSinceMs = nowMs;
  }

  /** The folders, to be renamed or told that they are gone. */
  opened(): readonly OpenFolder[] {
    return [...this.#entries.values()].flatMap(({ folder }) => folder ?? []);
  }

  rename(from: string, to: string): void {
    const entry = this.#entries.get(from);
    if (entry === undefined) return;
    this.#entries.delete(from);
    this.#entries.set(to, entry);
  }

  remove(name: string): void {
    this.#entries.delete(name);
  }

  forgetIdle(nowMs: number): void {
    for (const [name, { handles, idleSinceMs }] of this.#entries) {
      if (handles === 0 && nowMs - idleSinceMs > keptIdleMs) this.#entries.delete(name);
    }
  }
}
