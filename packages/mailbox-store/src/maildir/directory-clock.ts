// Tells whether the names in new/ and cur/ of one folder may have changed since they were listed, from the directories'
// modification times, without listing them.
//
// A time is trusted only when it lay some time back when it was read: a change in the same tick of the file system's clock
// leaves the same time behind. After changes of our own the time is taken over when nobody else's came between, for whoever
// made the change tells the open folder of it; that is verified once, a little later, or as soon as somebody doubts it.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@restante/runtime';

/** Longer than a tick of any kernel's clock. */
const settledAfterMs = 100;
/** How soon a listing verifies what only our own changes have touched. */
const verifyAfterMs = 10_000;

export type Part = 'new' | 'cur';

interface Known {
  mtimeMs: number;
  /** Wall clock when the time was read. */
  readAtMs: number;
  /** Taken over after a change of our own. */
  isOurs: boolean;
}

export class DirectoryClock {
  readonly #dir: string;
  readonly #clock: Clock;
  readonly #known = new Map<Part, Known>();

  constructor(dir: string, clock: Clock) {
    this.#dir = dir;
    this.#clock = clock;
  }

  /** Those changed by ourselves too when `evenOurs`: not all of that may have been told. Throws ENOENT when the folder is gone. */
  partsToList({ evenOurs = false }: { readonly evenOurs?: boolean } = {}): readonly Part[] {
    return (['new', 'cur'] as const).filter((part) => this.#mustList(part, evenOurs));
  }

  /** To be called before listing; what comes after it is noticed next time. */
  beforeListing(parts: readonly Part[]): void {
    for (const part of parts) this.#known.set(part, this.#read(part));
  }

  /** Runs a change of our own to the names, without a pause; others' changes are still noticed. */
  around<T>(parts: readonly Part[], work: () => T): T {
    const before = parts.map((part) => this.#mtimeMs(part));
    let result: T;
    try {
      result = work();
    } catch (cause) {
      // What it did before it failed, nobody tells.
      for (const part of parts) this.#known.delete(part);
      throw cause;
    }
    parts.forEach((part, index) => {
      const known = this.#known.get(part);
      if (known === undefined || known.mtimeMs !== before[index]) return;
      this.#known.set(part, { ...this.#read(part), isOurs: true });
    });
    return result;
  }

  forget(): void {
    this.#known.clear();
  }

  /** For the index; empty when it is not certain enough to be believed later. */
  get stamp(): string {
    const parts = (['new', 'cur'] as const).map((part) => this.#known.get(part));
    if (!parts.every((known) => known !== undefined && isSettled(known))) return '';
    return parts.map((known) => known?.mtimeMs).join(':');
  }

  /** Takes over what the index remembers, when it is still true. */
  resume(stamp: string): void {
    const [fresh, cur] = stamp.split(':').map(Number);
    if (stamp === '' || fresh === undefined || cur === undefined) return;
    const readAtMs = this.#clock.now();
    this.#known.set('new', { mtimeMs: fresh, readAtMs, isOurs: false });
    this.#known.set('cur', { mtimeMs: cur, readAtMs, isOurs: false });
  }

  #mustList(part: Part, evenOurs: boolean): boolean {
    const known = this.#known.get(part);
    if (known === undefined) return true;
    if (this.#mtimeMs(part) !== known.mtimeMs) return true;
    if (isSettled(known)) return false;
    const ageMs = this.#clock.now() - known.mtimeMs;
    return known.isOurs ? evenOurs || ageMs > verifyAfterMs : ageMs > settledAfterMs;
  }

  #read(part: Part): Known {
    return { mtimeMs: this.#mtimeMs(part), readAtMs: this.#clock.now(), isOurs: false };
  }

  #mtimeMs(part: Part): number {
    return statSync(join(this.#dir, part)).mtimeMs;
  }
}

/** Never what was taken over, however long our change took: nobody has listed it. */
function isSettled({ mtimeMs, readAtMs, isOurs }: Known): boolean {
  return !isOurs && readAtMs - mtimeMs > settledAfterMs;
}
