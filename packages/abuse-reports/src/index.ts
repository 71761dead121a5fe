// The public face of @restante/abuse-reports.
export type { Complaint, DmarcAggregate, DmarcRow, ReadReport, Report } from './reports.ts';
