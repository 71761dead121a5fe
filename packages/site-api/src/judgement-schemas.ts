// The shapes of judgement-operations.ts on the wire. What we are asked is strict, what we are answered is lenient about further keys.
import { z } from 'zod';
import type {
  HarvestBlockRow,
  JudgementNews,
  JudgementPage,
  Judgements,
  ListEntryRow,
  ListFilter,
  ListPage,
  NewListEntry,
} from './judgement-operations.ts';
import { pageRowsMax } from './schemas.ts';

const listName = z.enum(['block', 'allow']);
const subject = z.string().min(1).max(330);
const time = z.number().int().nonnegative();

export const listFilterQuerySchema: z.ZodType<ListFilter> = z.strictObject({
  list: listName.exactOptional(),
  subject: subject.exactOptional(),
  for: subject.exactOptional(),
  limit: z.coerce.number().int().min(1).max(pageRowsMax).default(pageRowsMax),
  after: z.string().max(64).exactOptional(),
});

export const newListEntrySchema: z.ZodType<NewListEntry> = z.strictObject({
  list: listName,
  subject,
  for: subject.exactOptional(),
  reason: z.string().max(500).default(''),
  author: z.string().min(1).max(200),
  expiresAtMs: time.exactOptional(),
});

export const authorQuerySchema = z.strictObject({
  author: z.string().min(1).max(200).default('operator'),
});

export const listEntryRowSchema: z.ZodType<ListEntryRow> = z.object({
  id: z.string(),
  list: listName,
  kind: z.enum(['network', 'domain', 'sender']),
  subject: z.string(),
  for: z.string().exactOptional(),
  reason: z.string(),
  author: z.string(),
  createdAtMs: z.number(),
  changedAtMs: z.number(),
  expiresAtMs: z.number().exactOptional(),
});

export const listPageSchema: z.ZodType<ListPage> = z.object({
  rows: z.array(listEntryRowSchema),
  total: z.number().int().nonnegative(),
  next: z.string().exactOptional(),
});

export const harvestBlockRowsSchema: z.ZodType<readonly HarvestBlockRow[]> = z.array(
  z.object({ subject: z.string(), untilMs: z.number(), from: z.string() }),
);

/** Entries that fit into a request; blocks that are told at once. */
export const sharedEntriesMax = 1000;
export const sharedBlocksMax = 10_000;

const sharedBlocks = z
  .array(z.object({ subject: z.string().max(100), leftMs: time }))
  .max(sharedBlocksMax);

export const judgementsSchema: z.ZodType<Judgements> = z.object({
  entries: z.array(z.unknown()).max(sharedEntriesMax),
  blocks: sharedBlocks,
});

export const judgementPageSchema: z.ZodType<JudgementPage> = z.object({
  entries: z.array(z.unknown()).max(sharedEntriesMax),
  blocks: sharedBlocks,
  cursor: z.string().max(200),
  hasMore: z.boolean(),
});

export const judgementsQuerySchema = z.strictObject({
  since: z.string().max(200).exactOptional(),
});

export const judgementNewsSchema: z.ZodType<JudgementNews> = z.object({
  news: z.number().int().nonnegative(),
});
