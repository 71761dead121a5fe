// Rebuilds the state of the spool from the records of its segments, read in their order. Knows what each type means; reads nothing itself.
import type { RoutesOf } from './routes-of.ts';
import type { Catalog } from './catalog.ts';
import { Entry } from './entry.ts';
import { minuteOf } from './key-table.ts';
import { keysOf, startsConfirmed } from './message-keys.ts';
import type { HoldMeta, MessageMeta, OutcomesMeta, Place, PlacesMeta } from './record-meta.ts';
import { fromRows, pendingOf } from './record-meta.ts';
import { headerBytes, recordTypes } from './record.ts';
import type { ReplyMemory } from './reply-memory.ts';
import type { ScannedRecord } from './scan-segment.ts';
import type { Segment } from './segment.ts';

export interface ReplayOptions {
  readonly catalog: Catalog;
  readonly segments: ReadonlyMap<number, Segment>;
  readonly memory: ReplyMemory;
  readonly routesOf: RoutesOf;
}

export class Replay {
  readonly #options: ReplayOptions;
  /** Entries of which some recipients are settled: their routes need the envelope once more. */
  readonly partly = new Set<Entry>();

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  /** Applies one record. Throws when its meta is not what we write. */
  apply(segment: Segment, { head, offset, meta }: ScannedRecord): void {
    const value: unknown = JSON.parse(meta.toString('utf8'));
    switch (head.type) {
      case recordTypes.message:
        return this.#message(
          segment,
          { offset, headBytes: headerBytes + head.metaLength },
          value as MessageMeta,
        );
      case recordTypes.outcomes:
        return this.#outcomes(
          segment,
          { offset, headBytes: headerBytes + head.metaLength },
          value as OutcomesMeta,
        );
      case recordTypes.released:
        for (const place of (value as PlacesMeta).of) this.#released(segment, place);
        return;
      case recordTypes.confirmed:
        for (const place of (value as PlacesMeta).of) this.#confirmed(segment, place);
        return;
      case recordTypes.hold:
      case recordTypes.unhold:
        return this.#hold(segment, value as HoldMeta);
      default: // A seal says nothing about messages; a type from the future is not ours to judge.
    }
  }

  #message(
    segment: Segment,
    at: { readonly offset: number; readonly headBytes: number },
    meta: MessageMeta,
  ): void {
    const { catalog, memory, routesOf } = this.#options;
    const keys = keysOf(meta);
    const isUnconfirmed = meta.state ? meta.state.isUnconfirmed : !startsConfirmed(meta);
    segment.keys.add(at.offset, keys);
    memory.keys.remember(keys, {
      isConfirmed: !isUnconfirmed,
      minute: minuteOf(meta.acceptedAtMs),
    });
    const former = catalog.get(meta.id);
    if (former) {
      if (former.segment.number > segment.number) return;
      segment.refersTo.add(former.segment.number); // A copy: the original must not come back alone.
    }
    const pending = meta.state
      ? pendingOf(meta, fromRows(meta.state.outcomes))
      : pendingOf(meta, new Map());
    const entry = new Entry({
      id: meta.id,
      acceptedAtMs: meta.acceptedAtMs,
      sizeBytes: meta.sizeBytes,
      large: meta.large,
      routes: catalog.intern(routesOf(meta, pending)),
      segment,
      ...at,
    });
    entry.hasPending = pending.length > 0;
    entry.isUnconfirmed = isUnconfirmed;
    entry.heldReason = meta.state?.held;
    catalog.add(entry);
  }

  #outcomes(
    segment: Segment,
    at: { readonly offset: number; readonly headBytes: number },
    meta: OutcomesMeta,
  ): void {
    const entry = this.#entryAt(segment, meta.of);
    if (!entry) return;
    entry.outcomes = { segment, ...at };
    entry.hasPending = meta.pending > 0;
    this.partly.add(entry);
  }

  #released(segment: Segment, place: Place): void {
    const entry = this.#entryAt(segment, place);
    if (!entry) return;
    this.#options.catalog.remove(entry);
    this.partly.delete(entry);
  }

  #confirmed(segment: Segment, place: Place): void {
    const entry = this.#entryAt(segment, place);
    if (entry) entry.isUnconfirmed = false;
    const home = this.#options.segments.get(place[1]);
    if (home) this.#options.memory.keys.rememberConfirmed(home.keys.keysAt(place[2]));
  }

  #hold(segment: Segment, meta: HoldMeta): void {
    const entry = this.#entryAt(segment, meta.of);
    if (entry) this.#options.catalog.setHeld(entry, meta.reason);
  }

  #entryAt(segment: Segment, place: Place): Entry | undefined {
    if (place[1] !== segment.number && this.#options.segments.has(place[1]))
      segment.refersTo.add(place[1]);
    const entry = this.#options.catalog.get(place[0]);
    return entry?.isAt(place) === true ? entry : undefined;
  }
}
