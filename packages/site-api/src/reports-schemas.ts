// The shapes of counted reports on the wire: strict about what is asked, lenient about further keys of answers.
import { z } from 'zod';
import type { ComplaintRow, DmarcRow, SentReportRow, SourceRow } from './reports-operations.ts';

const domain = z.string().min(1).max(255).toLowerCase();
const count = z.number().int().nonnegative();

/** From a query: everything is text there. */
export const reportsFilterSchema = z.strictObject({
  domain: domain.exactOptional(),
  days: z.coerce.number().int().min(1).max(800).exactOptional(),
  limit: z.coerce.number().int().min(1).max(1000).exactOptional(),
});
export const sourcesFilterSchema = z.strictObject({ ...reportsFilterSchema.shape, domain });

export const complaintRowsSchema: z.ZodType<readonly ComplaintRow[]> = z.array(
  z.object({
    domain: z.string(),
    account: z.string(),
    feedbackType: z.string(),
    incidents: count,
    lastDay: z.string(),
  }),
);

export const dmarcRowsSchema: z.ZodType<readonly DmarcRow[]> = z.array(
  z.object({
    domain: z.string(),
    reports: count,
    messages: count,
    aligned: count,
    dkimAligned: count,
    spfAligned: count,
    quarantined: count,
    rejected: count,
  }),
);

export const sourceRowsSchema: z.ZodType<readonly SourceRow[]> = z.array(
  z.object({
    sourceAddress: z.string(),
    messages: count,
    aligned: count,
    lastDay: z.string(),
  }),
);

export const sentReportRowsSchema: z.ZodType<readonly SentReportRow[]> = z.array(
  z.object({
    day: z.string(),
    domain: z.string(),
    outcome: z.enum(['sent', 'nobody', 'later']),
    problem: z.string().exactOptional(),
  }),
);
