// The shapes of sending on the wire: strict in what is asked, lenient about further keys in what is answered.
import { z } from 'zod';
import type {
  ResumedAnswer,
  SendingExplained,
  StoppedRow,
  SuspendedAnswer,
  SuspendRequest,
  SuspensionRow,
} from './sending-operations.ts';

const count = z.number().int().nonnegative();
const limit = z.number().int().positive().max(10_000_000);
const scope = z.enum(['sending', 'all']);

export const suspensionSchema: z.ZodType<SuspensionRow> = z.object({
  scope,
  reason: z.string(),
  sinceMs: z.number(),
  by: z.enum(['operator', 'watch']),
  isConfirmedSpammer: z.boolean(),
});
export const suspendRequestSchema: z.ZodType<SuspendRequest> = z.strictObject({
  scope,
  reason: z.string().max(300),
  isConfirmedSpammer: z.boolean(),
});
export const suspendedSchema: z.ZodType<SuspendedAnswer> = z.object({
  suspension: suspensionSchema,
  heldMessages: count,
  places: z.array(
    z.object({ subject: z.string(), firstMs: z.number(), lastMs: z.number(), messages: count }),
  ),
});
export const resumedSchema: z.ZodType<ResumedAnswer> = z.object({
  wasSuspended: z.boolean(),
  releasedMessages: count,
});
export const sendingExplainedSchema: z.ZodType<SendingExplained> = z.object({
  points: z.number(),
  findings: z.array(z.object({ signal: z.string(), points: z.number(), says: z.string() })),
});
export const sendLimitsChangeSchema = z.strictObject({
  recipientsPerHour: limit.nullable().exactOptional(),
  recipientsPerDay: limit.nullable().exactOptional(),
});
export const stoppedSchema: z.ZodType<readonly StoppedRow[]> = z
  .array(
    z.object({
      account: z.string().max(320),
      sinceMs: z.number(),
      isConfirmedSpammer: z.boolean(),
    }),
  )
  .max(100_000);
