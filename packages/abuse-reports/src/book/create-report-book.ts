// The report book in SQLite. See report-book.ts for the promises.
import { domainOf } from '@restante/mail-model';
import { inTransaction, systemClock } from '@restante/runtime';
import { dayMs, dayOf } from '../day.ts';
import { openReportsDatabase } from '../open-database.ts';
import type { Complaint, DmarcAggregate, DmarcRow } from '../reports.ts';
import type { Noted, ReportBook, ReportBookOptions } from './report-book.ts';
import { createSummaries } from './summaries.ts';

/** Of a day: complaints told apart by account; sources of one domain told apart; reports remembered. */
const accountsPerDayMax = 2000;
const sourcesPerDayMax = 5000;
const reportsPerDayMax = 5000;

/** Opens `dir`/reports.sqlite. Throws REPORTS_UNREADABLE or REPORTS_TOO_NEW. */
export function createReportBook(options: ReportBookOptions): ReportBook {
  const { dir, clock = systemClock, isOurs, keptForMs = 90 * dayMs, onEvent } = options;
  const database = openReportsDatabase({ dir, lockWaitMs: 5000, onEvent });
  const oldestDay = () => dayOf(clock.now() - keptForMs);
  const addComplaint = database.prepare(
    `INSERT INTO complaint VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET incidents = incidents + excluded.incidents`,
  );
  const addRow = database.prepare(
    `INSERT INTO dmarc_row VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET messages = messages + excluded.messages`,
  );
  const addReport = database.prepare('INSERT OR IGNORE INTO dmarc_report VALUES (?, ?, ?, ?)');
  const complaintsOfDay = database.prepare('SELECT count(*) AS n FROM complaint WHERE day = ?');
  const reportsOfDay = database.prepare('SELECT count(*) AS n FROM dmarc_report WHERE day = ?');
  const sourcesOfDay = database.prepare(
    'SELECT DISTINCT source FROM dmarc_row WHERE day = ? AND domain = ?',
  );

  const noteComplaint = (complaint: Complaint, account: string | undefined): Noted => {
    const about = account ?? complaint.originalSender ?? '';
    const domain = [domainOf(about), complaint.reportedDomain ?? ''].find(
      (name) => name !== '' && isOurs(name),
    );
    if (domain === undefined) return { kind: 'ignored', problem: 'It is about nobody of ours.' };
    const day = dayOf(clock.now());
    const isFull = Number(complaintsOfDay.get(day)?.['n']) >= accountsPerDayMax;
    const named = isFull || domainOf(about) !== domain ? '' : about.toLowerCase();
    addComplaint.run(day, complaint.feedbackType, domain, named, complaint.incidents);
    return { kind: 'counted' };
  };

  const noteRow = (day: string, row: DmarcRow, domain: string, sources: Set<string>) => {
    const isTold = sources.has(row.sourceAddress) || sources.size < sourcesPerDayMax;
    if (isTold) sources.add(row.sourceAddress);
    const source = isTold ? row.sourceAddress : '';
    const [dkim, spf] = [row.dkim === 'pass' ? 1 : 0, row.spf === 'pass' ? 1 : 0];
    addRow.run(day, domain, source, dkim, spf, row.disposition, row.count);
  };

  const noteAggregate = (report: DmarcAggregate): Noted => {
    const { domain, beginMs, reporter, reportId } = report;
    if (!isOurs(domain)) return { kind: 'ignored', problem: `${domain} is none of ours.` };
    const now = clock.now();
    if (beginMs > now + dayMs || beginMs < now - keptForMs)
      return { kind: 'ignored', problem: 'It is about a time that is not now.' };
    const day = dayOf(beginMs);
    if (Number(reportsOfDay.get(day)?.['n']) >= reportsPerDayMax)
      return { kind: 'ignored', problem: 'There are too many reports about that day.' };
    if (Number(addReport.run(day, domain, reporter, reportId).changes) === 0)
      return { kind: 'known' };
    const sources = new Set(sourcesOfDay.all(day, domain).map((row) => String(row['source'])));
    for (const row of report.rows) noteRow(day, row, domain, sources);
    return { kind: 'counted' };
  };

  const forget = () => {
    for (const table of ['complaint', 'dmarc_row', 'dmarc_report'])
      database.prepare(`DELETE FROM ${table} WHERE day < ?`).run(oldestDay());
  };

  return {
    note: (report, { account } = {}) =>
      inTransaction(database, () => {
        forget();
        return report.kind === 'complaint' ? noteComplaint(report, account) : noteAggregate(report);
      }),
    ...createSummaries(database, clock, oldestDay),
    [Symbol.asyncDispose]: async () => {
      database.close();
      return Promise.resolve();
    },
  };
}
