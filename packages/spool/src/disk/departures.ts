// Entries that leave the spool: many of them in one record. Finished ones are gone once that is durable; released ones are gone from memory
// at once, and their record is written again until it is on the disk.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@restante/runtime';
import type { SpoolError } from '../errors.ts';
import type { Catalog } from './catalog.ts';
import type { Entry } from './entry.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Place } from './record-meta.ts';
import { segmentsOf } from './record-meta.ts';
import { recordTypes } from './record.ts';
import type { WaitingRecord } from './waiting-record.ts';

export interface DeparturesParts {
  readonly dir: string;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

interface Leaving {
  readonly entry: Entry;
  readonly place: Place;
  readonly resolve: () => void;
  readonly reject: (cause: SpoolError) => void;
}

interface Forgotten {
  readonly place: Place;
  /** The body to unlink. */
  readonly large: string | undefined;
}

export class Departures {
  readonly #parts: DeparturesParts;
  #leaving: Leaving[] = [];
  #forgotten: Forgotten[] = [];
  #commits: GroupCommit | undefined;

  constructor(parts: DeparturesParts) {
    this.#parts = parts;
  }

  connect(commits: GroupCommit): void {
    this.#commits = commits;
  }

  /** Resolves when it is durable that the entry is gone. */
  async leave(entry: Entry): Promise<void> {
    if (this.#parts.catalog.get(entry.id) !== entry) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    entry.isLeaving = true;
    this.#leaving.push({ entry, place: entry.place, resolve, reject });
    this.#commits?.wake(true);
    await promise;
  }

  forget(entry: Entry, { large }: { readonly large: string | undefined } = entry): void {
    if (this.#parts.catalog.get(entry.id) !== entry) return;
    this.#parts.catalog.remove(entry);
    entry.segment.changedAtMs = this.#parts.clock.monotonicMs();
    this.#forgotten.push({ place: entry.place, large });
    this.#commits?.wake(false);
  }

  /** All that waits, as one record for the next batch. */
  record(): WaitingRecord | undefined {
    if (this.#leaving.length === 0 && this.#forgotten.length === 0) return undefined;
    const leaving = this.#leaving;
    const forgotten = this.#forgotten;
    this.#leaving = [];
    this.#forgotten = [];
    const places = [...leaving, ...forgotten].map(({ place }) => place);
    return {
      record: { type: recordTypes.released, meta: JSON.stringify({ of: places }) },
      refersTo: segmentsOf(places),
      isUrgent: leaving.length > 0,
      durable: () => {
        for (const one of leaving) this.#gone(one);
        for (const { large } of forgotten) this.#unlinkLarge(large);
      },
      failed: (cause) => {
        this.#forgotten.push(...forgotten);
        for (const { entry, reject } of leaving) {
          entry.isLeaving = false;
          reject(cause);
        }
      },
    };
  }

  #gone({ entry, resolve }: Leaving): void {
    entry.segment.changedAtMs = this.#parts.clock.monotonicMs();
    this.#parts.catalog.remove(entry);
    this.#unlinkLarge(entry.large);
    resolve();
  }

  /** A body that stays behind is found and removed by the next start. */
  #unlinkLarge(name: string | undefined): void {
    if (name === undefined) return;
    rm(join(this.#parts.dir, 'large', name), { force: true }).catch(() => undefined);
  }
}
