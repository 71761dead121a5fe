// Keeps the number of open index files bounded: a thousand people who idle cost the memory of a hundred connections.
import type { IndexDoor } from './index-door.ts';

/** A connection costs about 200 KB. */
const openMax = 100;

export class IndexPool {
  /** Longest unused first. */
  readonly #open = new Set<IndexDoor>();

  /** It is in use now; somebody who was not for the longest time makes room. */
  note(door: IndexDoor): void {
    this.#open.delete(door);
    this.#open.add(door);
    if (this.#open.size <= openMax) return;
    const [oldest] = this.#open;
    oldest?.close();
  }

  forget(door: IndexDoor): void {
    this.#open.delete(door);
  }

  closeIdle(): void {
    for (const door of this.#open) door.closeIfIdle();
  }
}
