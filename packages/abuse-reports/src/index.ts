// The public face of @restante/abuse-reports.
export { createReportBook } from './book/create-report-book.ts';
export type {
  ComplaintCount,
  DmarcSummary,
  Noted,
  ReportBook,
  ReportBookOptions,
  ReportsQuestion,
  ReportTotals,
  SourceCount,
} from './book/report-book.ts';
export { reportsSection } from './config.ts';
export { AbuseReportsError, type AbuseReportsFailureCode, abuseReportsFailures } from './errors.ts';
export { readReport } from './read-report.ts';
export type { Complaint, DmarcAggregate, DmarcRow, ReadReport, Report } from './reports.ts';
