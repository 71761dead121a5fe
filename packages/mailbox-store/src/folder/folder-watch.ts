// Notices that somebody else has changed a folder, as soon as the system tells: a hint to look, nothing more.
//
// Where the system has no watches left, the folder is looked at now and then instead (the mailbox store's housekeeping).
import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';

/** Many changes together cost one look. */
const gatherMs = 50;

export class FolderWatch implements Disposable {
  readonly #watchers: FSWatcher[] = [];
  readonly #look: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** `look` must not throw. */
  constructor(dir: string, look: () => void) {
    this.#look = look;
    for (const part of ['new', 'cur']) this.#watch(join(dir, part));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers.length = 0;
  }

  #watch(path: string): void {
    try {
      const watcher = watch(path, { persistent: false }, () => this.#later());
      // Deleted, or no watches left: somebody else looks now and then.
      watcher.on('error', () => watcher.close());
      this.#watchers.push(watcher);
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause)) throw cause;
    }
  }

  #later(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, gatherMs).unref();
  }
}
