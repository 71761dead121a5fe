// Adds up how mail in the name of others fared here, for the reports they ask for (RFC 9990). The port; in SQLite behind it.
//
// Promises
// - note() costs a few microseconds and never throws: it counts in memory, and writes every few seconds. A crash, or a disk that does not
//   take it, costs those seconds; no report needs more.
// - Bounded: so many domains a day, so many rows a domain; what is left out is counted and said in the report. Days older than three
//   are forgotten, sent or not.
// - Domains that ask for no report are not counted.
import type { Clock } from '@restante/runtime';
import type { ReportsEventSink } from '../reports-event.ts';
import type { CountedRow, EvaluatedRow, PublishedPolicy } from '../aggregate/evaluated.ts';

export interface DmarcEvaluation extends EvaluatedRow {
  /** Where the record stands (DmarcAnswer.recordAt). */
  readonly domain: string;
  readonly published: PublishedPolicy;
  /** rua=; empty: nobody wants to know. */
  readonly reportTo: readonly string[];
}

/** One day of one domain. */
export interface DueReport {
  /** UTC, "2026-11-22". */
  readonly day: string;
  readonly domain: string;
}

export interface FilledReport extends DueReport {
  readonly published: PublishedPolicy;
  readonly reportTo: readonly string[];
  readonly beginMs: number;
  readonly endMs: number;
  readonly rows: readonly CountedRow[];
  /** Messages that did not fit into the rows kept. */
  readonly leftOut: number;
}

export interface DmarcTally extends AsyncDisposable {
  note(evaluation: DmarcEvaluation): void;
  /** Days that are over and not done yet, oldest first. */
  reportsDue(): readonly DueReport[];
  /** Undefined when somebody else has done it meanwhile. */
  open(due: DueReport): FilledReport | undefined;
  /** It has been sent, or never will be. */
  done(due: DueReport): void;
  /** Writes what is in memory; what cannot be written is dropped and told to onEvent. */
  flush(): void;
}

export interface DmarcTallyOptions {
  /** Holds reports.sqlite; the report book may share it. */
  readonly dir: string;
  readonly clock?: Clock;
  readonly onEvent: ReportsEventSink;
}
