// The shapes of judging-operations.ts on the wire.
import { isIP } from 'node:net';
import { z } from 'zod';
import type { Decision, JudgingAnswer, JudgingQuestion } from './judging-operations.ts';

/** Base64 of a message of 48 MiB. */
const messageMax = 64 * 1024 * 1024;
const line = z
  .string()
  .max(1000)
  .regex(/^[^\x00-\x1f\x7f]*$/, 'It is one line of text.');

export const judgingQuestionSchema: z.ZodType<JudgingQuestion> = z.strictObject({
  clientAddress: z.string().refine((value) => isIP(value) !== 0, 'It is an IP address.'),
  helo: line,
  sender: line,
  recipient: line,
  message: z.base64().max(messageMax).exactOptional(),
});

const reason = z.object({
  check: z.string(),
  detail: z.string(),
  points: z.number().exactOptional(),
});

export const judgingAnswerSchema: z.ZodType<JudgingAnswer> = z.object({
  site: z.string(),
  stage: z.enum(['rcpt', 'data']),
  action: z.string(),
  points: z.number(),
  reasons: z.array(reason),
  spam: z.string().exactOptional(),
  identity: z.record(z.string(), z.string()).exactOptional(),
  reply: z.string().exactOptional(),
  header: z.string().exactOptional(),
});

export const decisionSchema: z.ZodType<Decision> = z.object({
  atMs: z.number(),
  site: z.string(),
  id: z.string(),
  stage: z.string(),
  action: z.string(),
  clientAddress: z.string(),
  helo: z.string(),
  sender: z.string(),
  recipients: z.array(z.string()),
  reasons: z.array(reason),
  reply: z.string().exactOptional(),
});

export const decisionsSchema = z.array(decisionSchema);
export { messageMax as judgingBodyMax };
