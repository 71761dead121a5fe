// The lists of one site: memory that answers, a file that lasts, and the words of other sites let in.
//
// Changes are made one group after the other: worked out, written, and only then seen. What comes while a group is being written is
// the next group, so that many changes at once cost few syncs.
import { randomUUID } from 'node:crypto';
import type { Clock } from '@restante/runtime';
import { PolicyError } from '../errors.ts';
import { changesSince, type Kept } from './changes-since.ts';
import { createEntryIndex } from './entry-index.ts';
import { openEntryFile } from './entry-file.ts';
import { isForgotten, isLive, isNewer, readEntry } from './entry-rules.ts';
import { entryFrom, tombstoneOf } from './new-entry.ts';
import type { OperatorEntry, OperatorLists } from './operator-lists.ts';
import { byParticularity } from './particular.ts';

export interface OperatorListsOptions {
  readonly dir: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly entriesMax?: number;
  /** Lines of the file that were none; they stand in "operator-lists.damaged". */
  readonly onDamaged?: (lines: number) => void;
}

/** Given what stands, the entries that shall stand instead. */
type Change = (stands: (id: string) => OperatorEntry | undefined) => readonly OperatorEntry[];

interface Waiting {
  readonly change: Change;
  readonly done: PromiseWithResolvers<readonly OperatorEntry[]>;
}

const pruneEveryMs = 3_600_000;

export async function openOperatorLists({
  dir,
  clock,
  entriesMax = 100_000,
  onDamaged = () => undefined,
}: OperatorListsOptions): Promise<OperatorLists> {
  const kept = new Map<string, Kept>();
  const index = createEntryIndex();
  const listeners = new Set<() => void>();
  const epoch = randomUUID();
  let sequence = 0;
  let liveCount = 0;

  const keep = (entry: OperatorEntry): void => {
    drop(entry.id);
    kept.set(entry.id, { entry, sequence: (sequence += 1) });
    if (entry.isRemoved === true) return;
    index.add(entry);
    liveCount += 1;
  };
  const drop = (id: string): void => {
    const before = kept.get(id)?.entry;
    kept.delete(id);
    if (before === undefined || before.isRemoved === true) return;
    index.remove(before);
    liveCount -= 1;
  };
  const all = function* (): Iterable<OperatorEntry> {
    for (const { entry } of kept.values()) yield entry;
  };
  const file = await openEntryFile({
    dir,
    read: (value) => readEntry(value, Number.MAX_SAFE_INTEGER),
    onEntry: (entry) => {
      const stands = kept.get(entry.id)?.entry;
      if (isForgotten(entry, clock.now())) drop(entry.id);
      else if (stands === undefined || isNewer(entry, stands)) keep(entry);
    },
    onDamaged,
    all,
  });
  // Entries that have ended are no entries; they are only counted when it matters.
  const isFull = (): boolean =>
    liveCount >= entriesMax &&
    [...all()].filter((entry) => isLive(entry, clock.now())).length >= entriesMax;
  const prune = (): void => {
    for (const entry of all()) {
      const isTooMuch = kept.size > 2 * entriesMax && !isLive(entry, clock.now());
      if (isTooMuch || isForgotten(entry, clock.now())) drop(entry.id);
    }
  };

  let waiting: Waiting[] = [];
  let working: Promise<void> | undefined;
  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      const changed = new Map<string, OperatorEntry>();
      const results: (() => void)[] = [];
      for (const { change, done } of group) {
        try {
          const entries = change((id) => changed.get(id) ?? kept.get(id)?.entry);
          for (const entry of entries) changed.set(entry.id, entry);
          results.push(() => done.resolve(entries));
        } catch (cause) {
          done.reject(cause);
        }
      }
      try {
        await file.append([...changed.values()]);
        for (const entry of changed.values()) keep(entry);
        for (const resolve of results) resolve();
        if (changed.size > 0) for (const listener of listeners) listener();
        // Only saves room: when it fails, the longer file is as good.
        if (file.isWordy) await file.rewrite().catch(() => undefined);
      } catch (cause) {
        for (const { done } of group) done.reject(cause);
      }
    }
  };
  const change = async (by: Change): Promise<readonly OperatorEntry[]> => {
    const done = Promise.withResolvers<readonly OperatorEntry[]>();
    waiting.push({ change: by, done });
    working ??= work().finally(() => {
      working = undefined;
    });
    return done.promise;
  };
  const timer = setInterval(prune, pruneEveryMs).unref();

  return {
    async add(wanted) {
      const made = Promise.withResolvers<OperatorEntry>();
      await change((stands) => {
        const entry = entryFrom(wanted, clock.now(), stands);
        const before = stands(entry.id);
        made.resolve(entry);
        if (entry === before) return [];
        if ((before === undefined || !isLive(before, clock.now())) && isFull())
          throw new PolicyError('LISTS_FULL');
        return [entry];
      });
      return made.promise;
    },
    async remove(id, author) {
      const removed = await change((stands) => {
        const before = stands(id);
        if (before === undefined || !isLive(before, clock.now())) return [];
        return [tombstoneOf(before, author, clock.now())];
      });
      return removed.length > 0;
    },
    entries: () => [...all()].filter((entry) => isLive(entry, clock.now())),
    match(facts) {
      if (liveCount === 0) return [];
      const nowMs = clock.now();
      const found = index.find(facts).filter((entry) => isLive(entry, nowMs));
      return found.length < 2 ? found : found.toSorted(byParticularity);
    },
    snapshot: () => [...all()],
    get cursor() {
      return `${epoch}.${sequence}`;
    },
    changes: (since) => changesSince(kept, { epoch, sequence, since }),
    async merge(entries) {
      const news = await change((stands) => {
        const room = 2 * entriesMax - kept.size;
        const better = new Map<string, OperatorEntry>();
        for (const told of entries) {
          const entry = readEntry(told, clock.now());
          if (entry === undefined || isForgotten(entry, clock.now())) continue;
          const before = better.get(entry.id) ?? stands(entry.id);
          if (before === undefined ? better.size < room : isNewer(entry, before))
            better.set(entry.id, entry);
        }
        return [...better.values()];
      });
      return news.length;
    },
    onChange(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await working;
      await file[Symbol.asyncDispose]();
    },
  };
}
