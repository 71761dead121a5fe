// What happens to a held message: outcomes, hold, release. Each change is appended first and believed afterwards.
//
// Changes of one entry follow each other (a record names the place its message has at that moment, and outcomes are merged with the
// former ones); different entries never wait for each other.
import type { RecipientOutcome, Route } from '@restante/mail-model';
import { isFinal } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import type { StoredOutcome } from '../spool.ts';
import type { Catalog } from './catalog.ts';
import { Departures } from './departures.ts';
import type { Entry, OutcomesAt } from './entry.ts';
import type { GroupCommit } from './group-commit.ts';
import type { MessageReader } from './message-reader.ts';
import type { OutcomesMeta, Place } from './record-meta.ts';
import { pendingOf, segmentsOf, toRows } from './record-meta.ts';
import type { RecordType } from './record.ts';
import { recordTypes } from './record.ts';
import type { RoutesOf } from './routes-of.ts';
import type { Segment } from './segment.ts';
import type { WaitingRecord } from './waiting-record.ts';

export interface EntryChangesParts {
  readonly dir: string;
  readonly catalog: Catalog;
  readonly reader: MessageReader;
  readonly routesOf: RoutesOf;
  readonly clock: Clock;
}

/** How an entry stands once a record is believed. */
interface Standing {
  readonly pending: number;
  readonly routes: readonly Route[];
}

export class EntryChanges {
  readonly #parts: EntryChangesParts;
  readonly #turns = new Map<Entry, Promise<void>>();
  #confirmed: Place[] = [];
  readonly #departures: Departures;
  #commits: GroupCommit | undefined;

  constructor(parts: EntryChangesParts) {
    this.#parts = parts;
    this.#departures = new Departures(parts);
  }

  /** The commits ask us for our gathered records, and we hand them our single ones. */
  connect(commits: GroupCommit): void {
    this.#commits = commits;
    this.#departures.connect(commits);
  }

  readonly contributors = [
    (): WaitingRecord | undefined => this.#departures.record(),
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
      if (this.#parts.catalog.get(entry.id) !== entry) return; // Finished while we waited.
      const message = await this.#parts.reader.read(entry);
      const merged = new Map(message.outcomes);
      for (const outcome of outcomes) mergeOutcome(merged, outcome, this.#parts.clock.now());
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
    const { outcomes } = entry;
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
      unwritten: () => (entry.outcomes = outcomes),
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
        entry.segment.changedAtMs = this.#parts.clock.monotonicMs();
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
      return await this.inTurn(entry, async () => await this.#departures.leave(entry));
    await this.#departures.leave(entry);
  }

  /** Takes the entry out of memory now, and off the disk with one of the next batches. */
  async release(entry: Entry): Promise<void> {
    if (this.#turns.has(entry))
      return await this.inTurn(entry, async () => this.#departures.forget(entry));
    this.#departures.forget(entry);
  }

  /** After its record was set aside; call it in turn. Its large body stays: it is whole for all we know, and the record may name it. */
  forgetDamaged(entry: Entry): void {
    this.#departures.forget(entry, { large: undefined });
  }

  /** The client saw our reply; not urgent. */
  confirm(place: Place): void {
    this.#confirmed.push(place);
    this.#commits?.wake(false);
  }

  /** Holds back for the reason, or no longer without one. */
  async hold(entry: Entry, reason: string | undefined): Promise<void> {
    if (entry.heldReason === reason) return;
    await this.inTurn(entry, async () => await this.#setHeld(entry, reason));
  }

  async #setHeld(entry: Entry, reason: string | undefined): Promise<void> {
    const meta = { of: entry.place, ...(reason === undefined ? {} : { reason }) };
    const type = reason === undefined ? recordTypes.unhold : recordTypes.hold;
    await this.append(entry, { type, meta }, () => this.#parts.catalog.setHeld(entry, reason));
  }

  /** Says again whether the entry is held; call it in turn. */
  async repeatHold(entry: Entry): Promise<void> {
    if (this.#parts.catalog.get(entry.id) === entry) await this.#setHeld(entry, entry.heldReason);
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
