// The tally in SQLite. See dmarc-tally.ts for the promises.
import { systemClock } from '@restante/runtime';
import type { CountedRow, EvaluatedRow, PublishedPolicy } from '../aggregate/evaluated.ts';
import { dayMs, dayOf, startOfDay } from '../day.ts';
import { openReportsDatabase } from '../open-database.ts';
import { plainText } from '../plain-text.ts';
import type { DmarcEvaluation, DmarcTally, DmarcTallyOptions, DueReport } from './dmarc-tally.ts';
import { createTallyTables } from './tally-tables.ts';
import type { PendingDomain } from './tally-tables.ts';

const keptDays = 3;
/** Rows in memory, and how long they stay there. */
const pendingRowsMax = 1000;
const pendingForMs = 5000;
/** RFC 9990 §3.1.3 allows 100 signatures a row; the first ones are what DKIM verified. */
const signaturesMax = 10;

/** Opens `dir`/reports.sqlite. Throws REPORTS_UNREADABLE or REPORTS_TOO_NEW. */
export function createDmarcTally(options: DmarcTallyOptions): DmarcTally {
  const { dir, clock = systemClock, onEvent } = options;
  // Mail waits meanwhile.
  const database = openReportsDatabase({ dir, lockWaitMs: 250, onEvent });
  const tables = createTallyTables(database);
  let pending = new Map<string, PendingDomain>();
  let pendingRows = 0;
  let oldestMs = clock.monotonicMs();

  const flush = () => {
    const toWrite = [...pending.values()];
    pending = new Map();
    pendingRows = 0;
    try {
      tables.add(toWrite, dayOf(clock.now() - keptDays * dayMs));
    } catch (cause) {
      // The promise that holds: mail goes on, whatever becomes of counts about it.
      onEvent({ name: 'reports.tally-lost', messages: messagesIn(toWrite), cause });
    }
  };

  const note = (evaluation: DmarcEvaluation) => {
    if (evaluation.reportTo.length === 0) return;
    const day = dayOf(clock.now());
    const key = `${day} ${evaluation.domain}`;
    const nowMs = clock.monotonicMs();
    if (pendingRows === 0) oldestMs = nowMs;
    const domain = pending.get(key) ?? newDomain(day, evaluation);
    pending.set(key, domain);
    const row = JSON.stringify(rowOf(evaluation));
    const before = domain.rows.get(row);
    if (before === undefined) pendingRows += 1;
    domain.rows.set(row, (before ?? 0) + 1);
    if (pendingRows >= pendingRowsMax || nowMs - oldestMs >= pendingForMs) flush();
  };

  return {
    note,
    flush,
    reportsDue() {
      flush();
      return tables.due(dayOf(clock.now()));
    },
    open(due) {
      const found = tables.read(due);
      if (found === undefined) return undefined;
      const beginMs = startOfDay(due.day);
      return {
        ...due,
        beginMs,
        // RFC 9990 §3.1.1: the last second of the day, as everybody writes it.
        endMs: beginMs + dayMs - 1000,
        published: JSON.parse(found.published) as PublishedPolicy,
        reportTo: JSON.parse(found.reportTo) as readonly string[],
        rows: found.rows.map(({ row, messages }): CountedRow => ({
          ...(JSON.parse(row) as EvaluatedRow),
          count: messages,
        })),
        leftOut: found.leftOut,
      };
    },
    done: (due: DueReport) => tables.finish(due),
    [Symbol.asyncDispose]: async () => {
      flush();
      database.close();
      return Promise.resolve();
    },
  };
}

function messagesIn(domains: readonly PendingDomain[]): number {
  return domains
    .flatMap(({ rows }) => [...rows.values()])
    .reduce((sum, messages) => sum + messages, 0);
}

function newDomain(day: string, { domain, published, reportTo }: DmarcEvaluation): PendingDomain {
  const { p, sp, np, adkim, aspf, isTesting, fo } = published;
  const kept = { p, ...(sp && { sp }), ...(np && { np }), adkim, aspf, isTesting, fo };
  return {
    day,
    domain,
    published: JSON.stringify(kept),
    reportTo: JSON.stringify(reportTo.slice(0, 10).map((uri) => uri.slice(0, 500))),
    rows: new Map(),
  };
}

/** Always in the same order, so that equal rows are equal texts. */
function rowOf(evaluation: DmarcEvaluation): EvaluatedRow {
  const { override, spf } = evaluation;
  return {
    sourceAddress: evaluation.sourceAddress,
    headerFrom: plainText(evaluation.headerFrom, 255),
    envelopeFrom: plainText(evaluation.envelopeFrom, 255),
    disposition: evaluation.disposition,
    dkimAligned: evaluation.dkimAligned,
    spfAligned: evaluation.spfAligned,
    ...(override && { override: overrideOf(override) }),
    dkim: evaluation.dkim.slice(0, signaturesMax).map(({ domain, selector, result }) => ({
      domain: plainText(domain, 255),
      selector: plainText(selector, 255),
      result,
    })),
    ...(spf && { spf: { domain: plainText(spf.domain, 255), result: spf.result } }),
  };
}

function overrideOf({ type, comment }: NonNullable<EvaluatedRow['override']>) {
  return comment === undefined ? { type } : { type, comment: plainText(comment, 200) };
}
