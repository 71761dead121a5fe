// What is kept in memory for one held message: about 250 bytes all in all. The envelope stays on disk.
import type { Route } from '@restante/mail-model';
import type { SpoolEntry } from '../spool.ts';
import type { Place } from './record-meta.ts';
import { headerBytes } from './record.ts';
import type { Segment } from './segment.ts';

export class Entry {
  readonly id: string;
  readonly acceptedAtMs: number;
  readonly sizeBytes: number;
  routes: readonly Route[];
  hasPending = true;
  heldReason: string | undefined = undefined;
  isUnconfirmed = false;
  /** File in large/; undefined when the body is in the segment. */
  readonly large: string | undefined;
  segment: Segment;
  offset: number;
  /** Header and meta. */
  headBytes: number;
  /** The last outcomes record, if there is one. */
  outcomesSegment: Segment | undefined = undefined;
  outcomesOffset = 0;
  outcomesBytes = 0;

  constructor(facts: {
    readonly id: string;
    readonly acceptedAtMs: number;
    readonly sizeBytes: number;
    readonly large: string | undefined;
    readonly routes: readonly Route[];
    readonly segment: Segment;
    readonly offset: number;
    readonly headBytes: number;
  }) {
    this.id = facts.id;
    this.acceptedAtMs = facts.acceptedAtMs;
    this.sizeBytes = facts.sizeBytes;
    this.large = facts.large;
    this.routes = facts.routes;
    this.segment = facts.segment;
    this.offset = facts.offset;
    this.headBytes = facts.headBytes;
  }

  get place(): Place {
    return [this.id, this.segment.number, this.offset];
  }

  /** Bytes of the record in its segment. */
  get recordBytes(): number {
    return this.headBytes + (this.large === undefined ? this.sizeBytes : 0);
  }

  get metaBytes(): number {
    return this.headBytes - headerBytes;
  }

  isAt(place: Place): boolean {
    return this.offset === place[2] && this.segment.number === place[1];
  }

  view(): SpoolEntry {
    return {
      id: this.id,
      acceptedAtMs: this.acceptedAtMs,
      sizeBytes: this.sizeBytes,
      routes: this.routes,
      held: this.heldReason !== undefined,
      hasPending: this.hasPending,
    };
  }
}
