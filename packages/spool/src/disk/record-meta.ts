// What the meta of each record type says. JSON with short arrays where records are many; a reader ignores what it does not know.
import type { DeliveryOutcome } from '@restante/mail-model';
import { isFinal } from '@restante/mail-model';
import type { MessageFacts, StoredOutcome } from '../spool.ts';

/** Meta of a message record: everything but the bytes. */
export interface MessageMeta extends MessageFacts {
  readonly id: string;
  readonly acceptedAtMs: number;
  readonly sizeBytes: number;
  /** Of a body in a file of its own; one in a segment has its checksum in the record. */
  readonly sha256?: string;
  /** Name of the body's own file in large/; absent when the body follows the record. */
  readonly large?: string;
  /** A copy that was moved out of an old segment carries its state, and says so. */
  readonly state?: CopiedState;
}

export interface CopiedState {
  readonly outcomes: readonly OutcomeRow[];
  readonly held?: string;
  readonly isUnconfirmed: boolean;
}

export type OutcomeRow = readonly [
  recipient: string,
  atMs: number,
  attempts: number,
  outcome: DeliveryOutcome,
];

/** A message record, named by place: an id alone could mean a copy or a later entry. */
export type Place = readonly [id: string, segment: number, offset: number];

export interface OutcomesMeta {
  readonly of: Place;
  readonly rows: readonly OutcomeRow[];
  /** Recipients without a final outcome. */
  readonly pending: number;
}

export interface HoldMeta {
  readonly of: Place;
  readonly reason?: string;
}

/** Meta of released and confirmed records. */
export interface PlacesMeta {
  readonly of: readonly Place[];
}

export function toRows(outcomes: ReadonlyMap<string, StoredOutcome>): OutcomeRow[] {
  return [...outcomes.values()].map(({ recipient, atMs, attempts, outcome }) => [
    recipient,
    atMs,
    attempts,
    outcome,
  ]);
}

export function fromRows(rows: readonly OutcomeRow[]): Map<string, StoredOutcome> {
  return new Map(
    rows.map(([recipient, atMs, attempts, outcome]) => [
      recipient,
      { recipient, atMs, attempts, outcome },
    ]),
  );
}

/** Recipients that still need an attempt, in the order of the envelope. */
export function pendingOf(
  facts: MessageFacts,
  outcomes: ReadonlyMap<string, StoredOutcome>,
): string[] {
  const addresses = facts.envelope.recipients.map(({ address }) => address);
  if (outcomes.size === 0) return addresses;
  return addresses.filter((address) => {
    const stored = outcomes.get(address);
    return stored === undefined || !isFinal(stored.outcome);
  });
}

/** Numbers of the segments the places are in, each once. */
export function segmentsOf(places: readonly Place[]): number[] {
  return [...new Set(places.map(([, segment]) => segment))];
}
