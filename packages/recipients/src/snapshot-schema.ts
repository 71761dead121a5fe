// What a snapshot must look like that came from outside: from a peer, or from a disk that may lie.
import { z } from 'zod';
import type { Parsed } from '@restante/mail-model';
import type { RecipientSnapshot } from './recipient-list.ts';

const count = z.int().min(0);
// RFC 5321 §4.5.3.1: 64 octets of local part, 255 of domain; in characters here, which is never stricter.
const local = z.string().min(1).max(64);
const domainName = z
  .string()
  .max(255)
  .regex(/^[a-z0-9.:[\]-]+$/);

const domainSchema = z.strictObject({
  name: domainName,
  tagSeparator: z.string().max(1),
  isCaseSensitive: z.boolean(),
  messageMaxBytes: count.exactOptional(),
  catchAll: z.string().min(1).max(320).exactOptional(),
  entries: z
    .array(
      z.strictObject({
        local,
        state: z.enum(['active', 'full', 'suspended']),
        filtering: z.literal('off').exactOptional(),
      }),
    )
    .max(5_000_000),
});

const snapshotSchema = z.strictObject({
  version: count,
  epoch: z.string().min(1).max(64),
  site: z.string().min(1).max(64),
  madeAtMs: count,
  domains: z.array(domainSchema).max(100_000),
});

/** The problem is a sentence naming the first place that is wrong. */
export function parseSnapshot(input: unknown): Parsed<RecipientSnapshot> {
  const result = snapshotSchema.safeParse(input);
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  return { ok: false, problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}` };
}
