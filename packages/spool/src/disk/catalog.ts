// All held entries by id, in the order of their ids, with the sums that stats() shows.
import type { Route } from '@restante/mail-model';
import type { SpoolEntry } from '../spool.ts';
import type { Entry } from './entry.ts';

const noRoutes: readonly Route[] = [];

export class Catalog {
  #entries = new Map<string, Entry>();
  #lastId = '';
  #isInOrder = true;
  #sizeBytes = 0;
  #held = 0;
  readonly #routes = new Map<string, readonly Route[]>();

  get size(): number {
    return this.#entries.size;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get held(): number {
    return this.#held;
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  /** Adds the entry; one of the same id gives way. */
  add(entry: Entry): void {
    const former = this.#entries.get(entry.id);
    if (former) this.remove(former);
    if (entry.id < this.#lastId) this.#isInOrder = false;
    else this.#lastId = entry.id;
    this.#entries.set(entry.id, entry);
    this.#sizeBytes += entry.sizeBytes;
    if (entry.heldReason !== undefined) this.#held += 1;
    entry.segment.liveMessages += 1;
    entry.segment.liveBytes += entry.recordBytes;
  }

  /** Idempotent. */
  remove(entry: Entry): void {
    if (this.#entries.get(entry.id) !== entry) return;
    this.#entries.delete(entry.id);
    this.#sizeBytes -= entry.sizeBytes;
    if (entry.heldReason !== undefined) this.#held -= 1;
    entry.segment.liveMessages -= 1;
    entry.segment.liveBytes -= entry.recordBytes;
  }

  /** The message was copied to another place. */
  move(entry: Entry, to: Pick<Entry, 'segment' | 'offset' | 'headBytes'>): void {
    entry.segment.liveMessages -= 1;
    entry.segment.liveBytes -= entry.recordBytes;
    entry.segment = to.segment;
    entry.offset = to.offset;
    entry.headBytes = to.headBytes;
    entry.outcomes = undefined;
    entry.segment.liveMessages += 1;
    entry.segment.liveBytes += entry.recordBytes;
  }

  setHeld(entry: Entry, reason: string | undefined): void {
    if (this.#entries.get(entry.id) === entry) {
      this.#held += Number(reason !== undefined) - Number(entry.heldReason !== undefined);
    }
    entry.heldReason = reason;
  }

  /** The same array for the same routes: most messages share a few. */
  intern(routes: readonly Route[]): readonly Route[] {
    if (routes.length === 0) return noRoutes;
    const key = routes.join(' ');
    const known = this.#routes.get(key);
    if (known) return known;
    const kept = Object.freeze([...routes]);
    this.#routes.set(key, kept);
    return kept;
  }

  /** Entries in the order of their ids; what is released while somebody iterates is left out. */
  *entries(): Generator<Entry> {
    this.#sort();
    const entries = this.#entries;
    for (const entry of entries.values()) {
      if (entries === this.#entries || this.#entries.get(entry.id) === entry) yield entry;
    }
  }

  /** The first to come, nearly always the smallest id; cheap, unlike sorting. */
  oldest(): Entry | undefined {
    return this.#entries.values().next().value;
  }

  *list(): Generator<SpoolEntry> {
    for (const entry of this.entries()) yield entry.view();
  }

  /** Messages come nearly sorted, so this is rarely more than a check. */
  #sort(): void {
    if (this.#isInOrder) return;
    const sorted = [...this.#entries.values()].sort((a, b) =>
      a.id < b.id ? -1 : a.id > b.id ? 1 : 0,
    );
    this.#entries = new Map(sorted.map((entry) => [entry.id, entry]));
    this.#lastId = sorted.at(-1)?.id ?? '';
    this.#isInOrder = true;
  }
}
