// The content index of one account: reads on this thread, lets the worker write and search, reads messages when neither can help.
import { existsSync } from 'node:fs';
import { AboutReader } from './about-reader.ts';
import type { About } from './about-text.ts';
import type {
  ContentIndex,
  ContentKey,
  ContentQuery,
  Described,
  ReadBytes,
} from './content-index.ts';
import { folded } from './folded-text.ts';
import { indexWords } from './index-words.ts';
import { readAbout } from './read-about.ts';
import { Breath, readMany } from './read-many.ts';
import { searchByReading } from './search-by-reading.ts';
import type { WorkerDoor } from './worker-door.ts';

export interface SqliteContentIndexOptions {
  readonly path: string;
  readonly door: WorkerDoor;
  readonly onTrouble: (cause: unknown) => void;
  /** What may wait until it is quiet. */
  readonly later: {
    add(index: SqliteContentIndex, keys: readonly ContentKey[], read: ReadBytes): void;
    forget(index: SqliteContentIndex, keys: readonly ContentKey[]): void;
    /** They are wanted again. */
    keep(index: SqliteContentIndex, keys: readonly ContentKey[]): void;
  };
}

const batchSize = 128;
/** A file that is not there is not looked for again for so long: a whole folder asks in a moment. */
const lookAgainMs = 50;

export class SqliteContentIndex implements ContentIndex {
  readonly #options: SqliteContentIndexOptions;
  readonly #indexed = new Set<ContentKey>();
  /** The worker was told to forget them and has not answered. */
  readonly #leaving = new Set<ContentKey>();
  #reader: AboutReader | undefined;
  #missedAtMs = Number.NEGATIVE_INFINITY;
  #storing: Promise<unknown> = Promise.resolve();
  #usedAtMs = 0;

  constructor(options: SqliteContentIndexOptions) {
    this.#options = options;
  }

  async *describe(
    keys: readonly ContentKey[],
    read: ReadBytes,
  ): AsyncGenerator<readonly Described[]> {
    const breath = new Breath();
    for (let start = 0; start < keys.length; start += batchSize) {
      const batch = keys.slice(start, start + batchSize);
      const known = batch.map((key) => this.#use((reader) => reader.about(key)));
      if (known.includes(undefined)) await this.#readMissing(batch, known, read);
      const described: Described[] = [];
      for (const [index, found] of known.entries()) {
        if (found === undefined) continue;
        described.push({ position: start + index, about: found.about, preview: found.preview });
      }
      if (described.length > 0) yield described;
      if (breath.isDue) await breath.take();
    }
  }

  async search(
    { in: place, words }: ContentQuery,
    keys: readonly ContentKey[],
    read: ReadBytes,
  ): Promise<ReadonlySet<ContentKey>> {
    const needle = folded(words);
    const { path, door, onTrouble } = this.#options;
    try {
      await this.index(keys, read);
      const matching = new Set(await door.ask({ kind: 'search', path, place, needle }));
      return await amongst(keys, matching);
    } catch (cause) {
      // The promise of a cache: without it the answer is the same, and takes longer.
      onTrouble(cause);
      return searchByReading({ place, needle }, keys, read);
    }
  }

  added(keys: readonly ContentKey[], read: ReadBytes): void {
    this.#options.later.add(this, keys, read);
  }

  forget(keys: readonly ContentKey[]): void {
    this.#options.later.forget(this, keys);
  }

  async close(): Promise<void> {
    await this.settle();
    const { path, door } = this.#options;
    if (door.isRunning) await door.ask({ kind: 'close', path });
  }

  /** Resolves when what was read is stored, and nothing is open on this thread. */
  async settle(): Promise<void> {
    await this.#storing;
    this.closeReader();
  }

  /** What is open on this thread; the worker has files of its own. */
  closeReader(): void {
    this.#reader?.[Symbol.dispose]();
    this.#reader = undefined;
    this.#indexed.clear();
  }

  /** Undefined when nothing is open on this thread. */
  get idleSinceMs(): number | undefined {
    return this.#reader === undefined && this.#indexed.size === 0 ? undefined : this.#usedAtMs;
  }

  /** Resolves when all that are there have their words in the index. */
  async index(keys: readonly ContentKey[], read: ReadBytes): Promise<void> {
    const { path, door, later } = this.#options;
    later.keep(this, keys);
    const onIndexed = (indexed: readonly ContentKey[]) => {
      for (const key of indexed) this.#indexed.add(key);
    };
    await indexWords(await this.#withoutWords(keys), { path, door, read, onIndexed });
  }

  async forgetNow(keys: readonly ContentKey[]): Promise<void> {
    const { path, door, onTrouble } = this.#options;
    // Forgetting is no reason to begin a file.
    if (!existsSync(path)) return;
    for (const key of keys) {
      this.#indexed.delete(key);
      this.#leaving.add(key);
    }
    await door.ask({ kind: 'forget', path, keys }).catch(onTrouble);
    for (const key of keys) this.#leaving.delete(key);
  }

  async #withoutWords(keys: readonly ContentKey[]): Promise<readonly ContentKey[]> {
    const missing = new Set<ContentKey>();
    const breath = new Breath();
    for (const [index, key] of keys.entries()) {
      if (index % 64 === 63 && breath.isDue) await breath.take();
      if (this.#indexed.has(key)) continue;
      const isThere =
        !this.#leaving.has(key) && this.#use((reader) => reader.hasWords(key)) === true;
      if (isThere) this.#indexed.add(key);
      else missing.add(key);
    }
    return [...missing];
  }

  async #readMissing(
    keys: readonly ContentKey[],
    known: (About | undefined)[],
    read: ReadBytes,
  ): Promise<void> {
    const { path, door, onTrouble } = this.#options;
    const places = [...keys.keys()].filter((index) => known[index] === undefined);
    const rows: { readonly key: ContentKey; readonly about: string }[] = [];
    const breath = new Breath();
    const missing = places.map((place) => keys[place] ?? '');
    await readMany(missing, read, async (key, bytes, index) => {
      const found = await readAbout(bytes, { door, again: async () => read(key) });
      if (found === undefined) return;
      rows.push({ key, about: found.text });
      known[places[index] ?? 0] = found.about;
      if (breath.isDue) await breath.take();
    });
    if (rows.length === 0) return;
    // Stored while the caller goes on; one batch at a time.
    await this.#storing;
    this.#storing = door.ask({ kind: 'store', path, rows }).catch(onTrouble);
  }

  /** Undefined when there is no file, or none that can be read: then the message itself is. */
  #use<T>(ask: (reader: AboutReader) => T): T | undefined {
    this.#usedAtMs = performance.now();
    if (this.#reader === undefined && this.#usedAtMs - this.#missedAtMs < lookAgainMs)
      return undefined;
    try {
      this.#reader ??= AboutReader.open(this.#options.path);
      if (this.#reader !== undefined) return ask(this.#reader);
    } catch (cause) {
      // Damaged: the worker finds out likewise, and begins it anew.
      this.#options.onTrouble(cause);
      this.closeReader();
    }
    this.#missedAtMs = this.#usedAtMs;
    return undefined;
  }
}

async function amongst(
  keys: readonly ContentKey[],
  matching: ReadonlySet<ContentKey>,
): Promise<ReadonlySet<ContentKey>> {
  const found = new Set<ContentKey>();
  const breath = new Breath();
  for (const [index, key] of keys.entries()) {
    if (matching.has(key)) found.add(key);
    if (index % 1024 === 1023 && breath.isDue) await breath.take();
  }
  return found;
}
