// What happens to a held message: outcomes, hold, release. Each change is appended first and believed afterwards.
//
// Changes of one entry follow each other (a record names the place its message has at that moment, and outcomes are merged with the
// former ones); different entries never wait for each other.
import type { RecipientOutcome, Route } from '@restante/mail-model';
import { isFinal } from '@restante/mail-model';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SpoolError } from '../errors.ts';
import type { StoredOutcome } from '../spool.ts';
import type { Catalog } from './catalog.ts';
import type { Entry, OutcomesAt } from './entry.ts';
import type { GroupCommit, WaitingRecord } from './group-commit.ts';
import type { MessageReader } from './message-reader.ts';
import type { OutcomesMeta, Place } from './record-meta.ts';
import { pendingOf, toRows } from './record-meta.ts';
import type { RecordType } from './record.ts';
import { recordTypes } from './record.ts';
import type { RoutesOf } from './routes-of.ts';
import type { Segment } from './segment.ts';

export interface EntryChangesParts {
  readonly dir: string;
  readonly catalog: Catalog;
  readonly reader: MessageReader;
  readonly routesOf: RoutesOf;
  readonly now: () => number;
  readonly monotonicMs: () => number;
}

/** How an entry stands once a record is believed. */
interface Standing {
  readonly pending: number;
  readonly routes: readonly Route[];
}

interface Leaving {
  readonly entry: Entry;
  readonly place: Place;
  readonly resolve: () => void;
  readonly reject: (cause: SpoolError) => void;
}

export class EntryChanges {
  readonly #parts: EntryChangesParts;
  readonly #turns = new Map<Entry, Promise<void>>();
  /** Entries that leave with the next batch, in one record. */
  #leaving: Leaving[] = [];
  #isLeavingUrgent = false;
  /** Released already in memory; written again until it is on disk. */
  #forgotten: Place[] = [];
  #confirmed: Place[] = [];
  /** Bodies of entries released in memory: unlinked when that is on disk. */
  readonly #largeToRemove = new Map<string, string>();
  #commits: GroupCommit | undefined;

  constructor(parts: EntryChangesParts) {
    this.#parts = parts;
  }

  /** The commits ask us for our gathered records, and we hand them our single ones. */
  connect(commits: GroupCommit): void {
    this.#commits = commits;
  }

  readonly contributors = [
    (): WaitingRecord | undefined => this.#leavingRecord(),
    (): WaitingRecord | undefined => this.#confirmedRecord(),
  ];

  /** Runs one change of an entry after those before it. */
  async inTurn<T>(entry: Entry, change: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(entry);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turns.set(entry, promise);
    try {
      if (before) await before;
      return await change();
    } finally {
      if (this.#turns.get(entry) === promise) this.#turns.delete(entry);
      resolve();
    }
  }

  async settle(entry: Entry, outcomes: readonly RecipientOutcome[]): Promise<void> {
    await this.inTurn(entry, async () => {
      const message = await this.#parts.reader.read(entry);
      const merged = new Map(message.outcomes);
      for (const outcome of outcomes) mergeOutcome(merged, outcome, this.#parts.now());
      const pending = pendingOf(message, merged);
      const meta: OutcomesMeta = { of: entry.place, rows: toRows(merged), pending: pending.length };
      const routes = pending.length > 0 ? this.#parts.routesOf(message, pending) : [];
      const now = { pending: pending.length, routes: this.#parts.catalog.intern(routes) };
      if (outcomes.some(({ outcome }) => isFinal(outcome)))
        await this.#settleDurably(entry, meta, now);
      else await this.#settleSoon(entry, meta, now);
    });
  }

  async #settleDurably(entry: Entry, meta: OutcomesMeta, now: Standing): Promise<void> {
    await this.append(entry, { type: recordTypes.outcomes, meta }, (segment, offset, headBytes) => {
      believe(entry, { segment, offset, headBytes }, now);
    });
  }

  /** Deferrals only: losing them to a power cut costs one attempt too many, so they do not wait for a sync of their own. */
  async #settleSoon(entry: Entry, meta: OutcomesMeta, now: Standing): Promise<void> {
    const before = { outcomes: entry.outcomes };
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#commits?.append({
      record: { type: recordTypes.outcomes, meta: JSON.stringify(meta) },
      refersTo: [entry.segment.number],
      isUrgent: false,
      written: (segment, offset, headBytes) => {
        believe(entry, { segment, offset, headBytes }, now);
        resolve();
      },
      // The words before it are still good.
      unwritten: () => Object.assign(entry, before),
      durable: () => undefined,
      failed: reject,
    });
    await promise;
  }

  /** Appends one record about the entry; resolves when it is durable and believed. */
  append(
    entry: Entry,
    what: { readonly type: RecordType; readonly meta: unknown; readonly body?: Buffer },
    believed: WaitingRecord['durable'],
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#commits?.append({
      record: {
        type: what.type,
        meta: JSON.stringify(what.meta),
        ...(what.body ? { body: what.body } : {}),
      },
      refersTo: [entry.segment.number],
      isUrgent: true,
      durable: (segment, offset, headBytes) => {
        entry.segment.changedAtMs = this.#parts.monotonicMs();
        believed(segment, offset, headBytes);
        resolve();
      },
      failed: reject,
    });
    return promise;
  }

  /** Takes the entry out; durable when it resolves. */
  async finish(entry: Entry): Promise<void> {
    if (this.#turns.has(entry))
      return await this.inTurn(entry, async () => await this.#leave(entry));
    await this.#leave(entry);
  }

  /** Takes the entry out of memory now, and off the disk with one of the next batches. */
  async release(entry: Entry): Promise<void> {
    if (this.#turns.has(entry)) return await this.inTurn(entry, async () => this.#forget(entry));
    this.#forget(entry);
  }

  #forget(entry: Entry): void {
    if (this.#parts.catalog.get(entry.id) !== entry) return;
    this.#parts.catalog.remove(entry);
    entry.segment.changedAtMs = this.#parts.monotonicMs();
    this.#forgotten.push(entry.place);
    if (entry.large !== undefined) this.#largeToRemove.set(entry.id, entry.large);
    this.#commits?.wake(false);
  }

  /** The client saw our reply; not urgent. */
  confirm(place: Place): void {
    this.#confirmed.push(place);
    this.#commits?.wake(false);
  }

  /** Holds back, or no longer; call it in turn. */
  async setHeld(entry: Entry, reason: string | undefined): Promise<void> {
    const meta = { of: entry.place, ...(reason === undefined ? {} : { reason }) };
    const type = reason === undefined ? recordTypes.unhold : recordTypes.hold;
    await this.append(entry, { type, meta }, () => this.#parts.catalog.setHeld(entry, reason));
  }

  /** Says again whether the entry is held; call it in turn. */
  async repeatHold(entry: Entry): Promise<void> {
    if (this.#parts.catalog.get(entry.id) === entry) await this.setHeld(entry, entry.heldReason);
  }

  /** Says the outcomes again if that segment is where they are; call it in turn. */
  async repeatOutcomes(entry: Entry, from: Segment): Promise<void> {
    if (this.#parts.catalog.get(entry.id) !== entry || entry.outcomes?.segment !== from) return;
    const { outcomes, pending } = await this.#parts.reader.read(entry);
    const meta: OutcomesMeta = { of: entry.place, rows: toRows(outcomes), pending: pending.length };
    const now = { pending: pending.length, routes: entry.routes };
    await this.#settleDurably(entry, meta, now);
  }

  /** Says again what a segment says that is about to go; durable when it resolves. */
  async repeat({
    released,
    confirmed,
  }: {
    readonly released: readonly Place[];
    readonly confirmed: readonly Place[];
  }): Promise<void> {
    await Promise.all([
      this.#repeatRecord(recordTypes.released, released),
      this.#repeatRecord(recordTypes.confirmed, confirmed),
    ]);
  }

  async #repeatRecord(type: RecordType, places: readonly Place[]): Promise<void> {
    if (places.length === 0) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#commits?.append({
      record: { type, meta: JSON.stringify({ of: places }) },
      refersTo: segmentsOf(places),
      isUrgent: true,
      durable: () => resolve(),
      failed: reject,
    });
    await promise;
  }

  async #leave(entry: Entry): Promise<void> {
    if (this.#parts.catalog.get(entry.id) !== entry) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#leaving.push({ entry, place: entry.place, resolve, reject });
    this.#isLeavingUrgent = true;
    this.#commits?.wake(true);
    await promise;
  }

  #leavingRecord(): WaitingRecord | undefined {
    if (this.#leaving.length === 0 && this.#forgotten.length === 0) return undefined;
    const leaving = this.#leaving;
    const forgotten = this.#forgotten;
    const isUrgent = this.#isLeavingUrgent;
    this.#leaving = [];
    this.#forgotten = [];
    this.#isLeavingUrgent = false;
    const places = [...leaving.map(({ place }) => place), ...forgotten];
    return {
      record: { type: recordTypes.released, meta: JSON.stringify({ of: places }) },
      refersTo: segmentsOf(places),
      isUrgent,
      durable: () => {
        for (const { entry, resolve } of leaving) {
          entry.segment.changedAtMs = this.#parts.monotonicMs();
          this.#parts.catalog.remove(entry);
          if (entry.large !== undefined) this.#unlinkLarge(entry.large);
          resolve();
        }
        for (const [id] of forgotten) this.#removeForgottenLarge(id);
      },
      failed: (cause) => {
        this.#forgotten.push(...forgotten);
        for (const { reject } of leaving) reject(cause);
      },
    };
  }

  #confirmedRecord(): WaitingRecord | undefined {
    if (this.#confirmed.length === 0) return undefined;
    const places = this.#confirmed;
    this.#confirmed = [];
    return {
      record: { type: recordTypes.confirmed, meta: JSON.stringify({ of: places }) },
      refersTo: segmentsOf(places),
      isUrgent: false,
      durable: () => undefined,
      failed: () => this.#confirmed.push(...places),
    };
  }

  #removeForgottenLarge(id: string): void {
    const name = this.#largeToRemove.get(id);
    if (name === undefined) return;
    this.#largeToRemove.delete(id);
    this.#unlinkLarge(name);
  }

  /** A body that stays behind is found and removed by the next start. */
  #unlinkLarge(name: string): void {
    rm(join(this.#parts.dir, 'large', name), { force: true }).catch(() => undefined);
  }
}

function believe(entry: Entry, at: OutcomesAt, now: Standing): void {
  entry.outcomes = at;
  entry.hasPending = now.pending > 0;
  entry.routes = now.routes;
}

function mergeOutcome(
  merged: Map<string, StoredOutcome>,
  { recipient, outcome }: RecipientOutcome,
  atMs: number,
): void {
  const former = merged.get(recipient);
  // A settled recipient stays settled: a late deferral must not bring it back.
  if (former !== undefined && isFinal(former.outcome)) return;
  merged.set(recipient, { recipient, outcome, atMs, attempts: (former?.attempts ?? 0) + 1 });
}

function segmentsOf(places: readonly Place[]): number[] {
  return [...new Set(places.map(([, segment]) => segment))];
}
