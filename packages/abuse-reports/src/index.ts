// The public face of @restante/abuse-reports.
export type { AggregateReport } from './aggregate/aggregate-xml.ts';
export {
  type AggregateMessage,
  type AggregateToWrite,
  buildDmarcAggregate,
} from './aggregate/build-aggregate.ts';
export type { CountedRow, EvaluatedRow, PublishedPolicy } from './aggregate/evaluated.ts';
export {
  type Destinations,
  type DestinationsQuestion,
  reportDestinations,
} from './aggregate/report-destinations.ts';
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
export {
  buildComplaint,
  type ComplaintToWrite,
  type OriginalMail,
} from './complaint/build-complaint.ts';
export { reportsSection } from './config.ts';
export { AbuseReportsError, type AbuseReportsFailureCode, abuseReportsFailures } from './errors.ts';
export { readReport } from './read-report.ts';
export type { Complaint, DmarcAggregate, DmarcRow, ReadReport, Report } from './reports.ts';
export type { ReportsEvent, ReportsEventSink } from './reports-event.ts';
export { createDmarcTally } from './tally/create-dmarc-tally.ts';
export type {
  DmarcEvaluation,
  DmarcTally,
  DmarcTallyOptions,
  DueReport,
  FilledReport,
} from './tally/dmarc-tally.ts';
export { type ReportSending, sendDueReports, type SentReport } from './tally/send-due-reports.ts';
