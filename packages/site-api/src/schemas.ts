// The shapes on the wire, one schema for each shape of site-operations.ts. Both ends use the same ones.
//
// What we are asked is strict (an unknown key is an error: a mistyped filter must not become "everything"); what we
// are answered is lenient about further keys, so that sites of neighbouring versions understand each other.
import { isRoute } from '@restante/mail-model';
import type { Route } from '@restante/mail-model';
import { z } from 'zod';
import type {
  QueueDetail,
  QueueFilter,
  QueuePage,
  QueueRow,
  QueueSelection,
  SiteStatus,
  TimelineStep,
  Touched,
} from './site-operations.ts';

/** Rows a page may have at most. */
export const pageRowsMax = 1000;

const count = z.number().int().nonnegative();
const text = z.string().max(1000);
export const routeSchema = z.custom<Route>(
  (value) => typeof value === 'string' && value.length <= 300 && isRoute(value),
  { error: 'A route is "local", "internet", "peer:<site>" or "host:<name>".' },
);

const routeStatusSchema = z.object({
  route: routeSchema,
  waiting: count,
  delayed: count,
  active: count,
  heldBy: z.array(z.enum(['health', 'operator'])),
  ratePerSecond: z.number(),
  etaSeconds: z.number().exactOptional(),
});

const peerStatusSchema = z.object({
  site: z.string(),
  state: z.enum(['up', 'suspect', 'down', 'recovering']),
  sinceMs: z.number(),
  lastProblem: z.string().exactOptional(),
  mirrorAgeSeconds: z.number().exactOptional(),
  mirrorVersion: z.number().exactOptional(),
  mirrorRecipients: count.exactOptional(),
});

export const siteStatusSchema: z.ZodType<SiteStatus> = z.object({
  site: z.string(),
  version: z.string(),
  pid: count,
  startedAtMs: z.number(),
  nowMs: z.number(),
  isAccepting: z.boolean(),
  degraded: z.array(z.string()),
  spool: z.object({
    messages: count,
    held: count,
    sizeBytes: count,
    diskFreeBytes: count,
    corrupt: count,
    oldestAcceptedAtMs: z.number().exactOptional(),
    isLoaded: z.boolean(),
  }),
  redis: z.object({ isReachable: z.boolean() }),
  routes: z.array(routeStatusSchema),
  peers: z.array(peerStatusSchema),
  counters: z.object({
    accepted: count,
    delivered: count,
    deferred: count,
    rejected: count,
    bounced: count,
    duplicates: count,
  }),
});

const queueRowSchema = z.object({
  id: z.string(),
  sender: z.string(),
  recipients: z.array(z.string()),
  sizeBytes: count,
  acceptedAtMs: z.number(),
  routes: z.array(routeSchema),
  state: z.enum(['waiting', 'delayed', 'active', 'held', 'unscheduled']),
  nextAtMs: z.number().exactOptional(),
  attempts: count,
  lastReply: z.string().exactOptional(),
  heldBecause: z.string().exactOptional(),
}) satisfies z.ZodType<QueueRow>;

export const queuePageSchema: z.ZodType<QueuePage> = z.object({
  rows: z.array(queueRowSchema),
  total: count,
  next: z.string().exactOptional(),
});

export const queueDetailSchema: z.ZodType<QueueDetail> = queueRowSchema.extend({
  messageId: z.string(),
  origin: z.record(z.string(), z.union([z.string(), z.number()])),
  outcomes: z.array(
    z.object({
      recipient: z.string(),
      kind: z.string(),
      reply: z.string(),
      atMs: z.number(),
      attempts: count,
    }),
  ),
  header: z.string(),
});

const selectionFilterSchema = z.strictObject({
  route: routeSchema.exactOptional(),
  domain: text.exactOptional(),
  sender: text.exactOptional(),
  recipient: text.exactOptional(),
  held: z.boolean().exactOptional(),
  deferred: z.boolean().exactOptional(),
});

export const queueSelectionSchema: z.ZodType<QueueSelection> = z
  .strictObject({
    ids: z.array(z.string().max(64)).min(1).max(pageRowsMax).exactOptional(),
    filter: selectionFilterSchema.exactOptional(),
  })
  .refine((selection) => (selection.ids === undefined) !== (selection.filter === undefined), {
    error: 'Give either "ids" or "filter".',
  });

// A query string knows only text.
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

export const queueFilterQuerySchema: z.ZodType<QueueFilter> = z.strictObject({
  route: routeSchema.exactOptional(),
  domain: text.exactOptional(),
  sender: text.exactOptional(),
  recipient: text.exactOptional(),
  held: flag.exactOptional(),
  deferred: flag.exactOptional(),
  limit: z.coerce.number().int().min(1).max(pageRowsMax).default(100),
  after: z.string().max(64).exactOptional(),
});

export const touchedSchema: z.ZodType<Touched> = z.object({ count });

export const timelineSchema: z.ZodType<readonly TimelineStep[]> = z.array(
  z.object({ atMs: z.number(), site: z.string(), what: z.string(), detail: z.string() }),
);

export const peerLoadSchema = z.object({
  queueDepth: count,
  diskFreeBytes: count,
  acceptLatencyMs: z.number().nonnegative(),
  isAccepting: z.boolean(),
  nowMs: z.number().exactOptional(),
});

/** What a site's people have sent to, by account and hour since 1970. */
export const sentSchema = z.array(
  z.object({ account: z.string(), hour: count, recipients: count }),
);

export const recipientsQuerySchema = z
  .strictObject({
    epoch: z.string().max(100).exactOptional(),
    version: z.coerce.number().int().nonnegative().exactOptional(),
  })
  .refine((query) => (query.epoch === undefined) === (query.version === undefined), {
    error: 'Give "epoch" and "version" together, or neither.',
  });

/** /readyz, with the reasons when the site does not accept mail. */
export const readinessSchema = z.object({ ready: z.boolean(), why: z.array(z.string()) });
export type Readiness = z.infer<typeof readinessSchema>;

/** RFC 9457, with our code. */
export const problemSchema = z.object({
  title: z.string(),
  status: z.number(),
  detail: z.string().optional(),
  code: z.string().optional(),
});
