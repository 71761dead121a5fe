// What is kept in memory for one held message: about 335 bytes all in all, its duplicate keys included. The envelope stays on disk.
import { timeOfMessageId } from '@restante/mail-model';
import type { Route } from '@restante/mail-model';
import type { SpoolEntry } from '../spool.ts';
import type { Place } from './record-meta.ts';
import { headerBytes } from './record.ts';
import type { Segment } from './segment.ts';

const hasPendingFlag = 1;
const unconfirmedFlag = 2;
const leavingFlag = 4;

/** What few entries have. */
interface Rare {
  /** File in large/; undefined when the body is in the segment. */
  readonly large: string | undefined;
  heldReason: string | undefined;
  outcomes: OutcomesAt | undefined;
}

/** Where the last outcomes record is. */
export interface OutcomesAt {
  readonly segment: Segment;
  readonly offset: number;
  readonly headBytes: number;
}

export class Entry {
  readonly id: string;
  readonly sizeBytes: number;
  routes: readonly Route[];
  segment: Segment;
  offset: number;
  /** Header and meta. */
  headBytes: number;
  /** Against the time in the id: nearly always small, and a small integer needs no memory of its own. */
  readonly #acceptedAfterMs: number;
  #flags = hasPendingFlag;
  #rare: Rare | undefined = undefined;

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
    this.sizeBytes = facts.sizeBytes;
    this.routes = facts.routes;
    this.segment = facts.segment;
    this.offset = facts.offset;
    this.headBytes = facts.headBytes;
    this.#acceptedAfterMs = facts.acceptedAtMs - timeOfMessageId(facts.id);
    if (facts.large !== undefined)
      this.#rare = { large: facts.large, heldReason: undefined, outcomes: undefined };
  }

  get acceptedAtMs(): number {
    return timeOfMessageId(this.id) + this.#acceptedAfterMs;
  }

  get hasPending(): boolean {
    return (this.#flags & hasPendingFlag) !== 0;
  }

  set hasPending(value: boolean) {
    this.#flags = value ? this.#flags | hasPendingFlag : this.#flags & ~hasPendingFlag;
  }

  get isUnconfirmed(): boolean {
    return (this.#flags & unconfirmedFlag) !== 0;
  }

  set isUnconfirmed(value: boolean) {
    this.#flags = value ? this.#flags | unconfirmedFlag : this.#flags & ~unconfirmedFlag;
  }

  /** Its release is on the way to the disk: a copy made now would come after it and revive the message. */
  get isLeaving(): boolean {
    return (this.#flags & leavingFlag) !== 0;
  }

  set isLeaving(value: boolean) {
    this.#flags = value ? this.#flags | leavingFlag : this.#flags & ~leavingFlag;
  }

  get large(): string | undefined {
    return this.#rare?.large;
  }

  get heldReason(): string | undefined {
    return this.#rare?.heldReason;
  }

  set heldReason(reason: string | undefined) {
    if (reason !== undefined || this.#rare) this.#withRare().heldReason = reason;
  }

  get outcomes(): OutcomesAt | undefined {
    return this.#rare?.outcomes;
  }

  set outcomes(at: OutcomesAt | undefined) {
    if (at !== undefined || this.#rare) this.#withRare().outcomes = at;
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

  #withRare(): Rare {
    this.#rare ??= { large: undefined, heldReason: undefined, outcomes: undefined };
    return this.#rare;
  }
}
