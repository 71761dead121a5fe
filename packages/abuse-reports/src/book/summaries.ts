// The questions to the report book. Read only; SQLite does the adding up.
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '@restante/runtime';
import { dayMs, dayOf } from '../day.ts';
import type { ReportBook, ReportsQuestion } from './report-book.ts';

type Summaries = Pick<ReportBook, 'complaints' | 'dmarc' | 'sources' | 'totals'>;

export function createSummaries(
  database: DatabaseSync,
  clock: Clock,
  oldestDay: () => string,
): Summaries {
  /** Parameters of every question: first day, domain or null, number of lines. */
  const bounds = ({ days = 7, domain, limit = 100 }: ReportsQuestion) => ({
    $from: latest(dayOf(clock.now() - (days - 1) * dayMs), oldestDay()),
    $domain: domain ?? null,
    $limit: Math.max(0, Math.trunc(limit)),
  });
  const complaints = database.prepare(
    `SELECT domain, account, feedback_type AS feedbackType, sum(incidents) AS incidents,
       max(day) AS lastDay
     FROM complaint WHERE day >= $from AND domain = coalesce($domain, domain)
     GROUP BY domain, account, feedback_type ORDER BY incidents DESC, account LIMIT $limit`,
  );
  const dmarc = database.prepare(
    `SELECT domain, sum(messages) AS messages,
       sum(iif(dkim + spf > 0, messages, 0)) AS aligned,
       sum(dkim * messages) AS dkimAligned, sum(spf * messages) AS spfAligned,
       sum(iif(disposition = 'quarantine', messages, 0)) AS quarantined,
       sum(iif(disposition = 'reject', messages, 0)) AS rejected,
       (SELECT count(*) FROM dmarc_report
        WHERE dmarc_report.domain = dmarc_row.domain AND day >= $from) AS reports
     FROM dmarc_row WHERE day >= $from AND domain = coalesce($domain, domain)
     GROUP BY domain ORDER BY domain LIMIT $limit`,
  );
  const sources = database.prepare(
    `SELECT source, sum(messages) AS messages,
       sum(iif(dkim + spf > 0, messages, 0)) AS aligned, max(day) AS lastDay
     FROM dmarc_row WHERE day >= $from AND domain = coalesce($domain, domain)
     GROUP BY source ORDER BY messages DESC, source LIMIT $limit`,
  );
  const totals = database.prepare(
    `SELECT (SELECT coalesce(sum(incidents), 0) FROM complaint WHERE day >= $from) AS complaints,
       (SELECT count(*) FROM dmarc_report WHERE day >= $from) AS reports,
       (SELECT coalesce(sum(messages), 0) FROM dmarc_row WHERE day >= $from) AS messages,
       (SELECT coalesce(sum(messages), 0) FROM dmarc_row
        WHERE day >= $from AND dkim + spf = 0) AS unaligned`,
  );
  return {
    complaints: (question = {}) =>
      complaints.all(bounds(question)).map((row) => ({
        domain: String(row['domain']),
        account: String(row['account']),
        feedbackType: String(row['feedbackType']),
        incidents: Number(row['incidents']),
        lastDay: String(row['lastDay']),
      })),
    dmarc: (question = {}) =>
      dmarc.all(bounds(question)).map((row) => ({
        domain: String(row['domain']),
        reports: Number(row['reports']),
        messages: Number(row['messages']),
        aligned: Number(row['aligned']),
        dkimAligned: Number(row['dkimAligned']),
        spfAligned: Number(row['spfAligned']),
        quarantined: Number(row['quarantined']),
        rejected: Number(row['rejected']),
      })),
    sources: (question) =>
      sources.all(bounds(question)).map((row) => ({
        sourceAddress: String(row['source']),
        messages: Number(row['messages']),
        aligned: Number(row['aligned']),
        lastDay: String(row['lastDay']),
      })),
    totals: () => {
      const row = totals.get({ $from: oldestDay() });
      return {
        complaints: Number(row?.['complaints']),
        dmarcReports: Number(row?.['reports']),
        dmarcMessages: Number(row?.['messages']),
        dmarcUnaligned: Number(row?.['unaligned']),
      };
    },
  };
}

function latest(one: string, other: string): string {
  return one > other ? one : other;
}
