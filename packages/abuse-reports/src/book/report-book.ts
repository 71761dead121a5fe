// Keeps counts of what others reported about our mail. The port; create-report-book.ts keeps them in SQLite.
//
// Promises
// - Bounded on disk, whoever sends reports, forged ones included: the last `keptForMs`, and of each day only so many different senders,
//   accounts and sources; the rest of that day is counted together, under an empty name.
// - The same aggregate report counts once (RFC 9990 §3.5.4). Reports about domains that are not ours, or about a time that is not now, are not
//   counted at all.
// - Several processes of a site may share the directory.
import type { Clock } from '@restante/runtime';
import type { ReportsEventSink } from '../reports-event.ts';
import type { Report } from '../reports.ts';

export type Noted =
  | { readonly kind: 'counted' }
  /** This report has been counted before. */
  | { readonly kind: 'known' }
  | { readonly kind: 'ignored'; readonly problem: string };

export interface ReportBook extends AsyncDisposable {
  /** Throws what SQLite says when it cannot be written: the report is not counted then, and may be given again. `account` is whom a complaint is about, when the caller knows better than the report (its Message-ID may be known). */
  note(report: Report, about?: { readonly account?: string }): Noted;
  /** Most incidents first. Days are the last ones, today included. */
  complaints(question?: ReportsQuestion): readonly ComplaintCount[];
  /** One line a domain. */
  dmarc(question?: ReportsQuestion): readonly DmarcSummary[];
  /** Where mail in the name of a domain came from, most messages first. */
  sources(question: ReportsQuestion & { readonly domain: string }): readonly SourceCount[];
  /** Of all that is kept; for gauges. */
  totals(): ReportTotals;
}

export interface ReportsQuestion {
  readonly domain?: string;
  /** Default 7. */
  readonly days?: number;
  /** Default 100. */
  readonly limit?: number;
}

export interface ComplaintCount {
  readonly domain: string;
  /** Empty: all others of a day with too many. */
  readonly account: string;
  readonly feedbackType: string;
  readonly incidents: number;
  /** The last day with one. */
  readonly lastDay: string;
}

export interface DmarcSummary {
  readonly domain: string;
  readonly reports: number;
  readonly messages: number;
  /** By SPF or DKIM, or both. */
  readonly aligned: number;
  readonly dkimAligned: number;
  readonly spfAligned: number;
  readonly quarantined: number;
  readonly rejected: number;
}

export interface SourceCount {
  /** Empty: all others of a day with too many. */
  readonly sourceAddress: string;
  readonly messages: number;
  readonly aligned: number;
  readonly lastDay: string;
}

export interface ReportTotals {
  readonly complaints: number;
  readonly dmarcReports: number;
  readonly dmarcMessages: number;
  readonly dmarcUnaligned: number;
}

export interface ReportBookOptions {
  /** Holds reports.sqlite; made when it is missing. */
  readonly dir: string;
  /** Default: the clock of the system. */
  readonly clock?: Clock;
  /** Is this domain, or the one above it, one of ours? */
  isOurs(domain: string): boolean;
  /** Default 90 days. */
  readonly keptForMs?: number;
  readonly onEvent: ReportsEventSink;
}
