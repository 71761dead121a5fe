// The queue as an operator sees it: one row a message, from the spool (the truth) with the next time from the timetable.
import { domainOf, type Route } from '@restante/mail-model';
import type { RelayParts } from '@restante/relay';
import type { TimetableRow } from '@restante/retry-queue';
import type { QueueFilter, QueuePage, QueueRow } from '@restante/site-api';
import type { SpoolEntry, SpooledMessage } from '@restante/spool';

/** Which messages an operator means. */
export type QueueChoice = Omit<QueueFilter, 'limit' | 'after'>;

/** One page, oldest first. `total` counts what fits the filter; with a filter on addresses it counts as far as it looked. */
export async function queuePage(parts: RelayParts, filter: QueueFilter): Promise<QueuePage> {
  const rows: QueueRow[] = [];
  let total = 0;
  let next: string | undefined;
  for (const entry of parts.spool.list()) {
    if (!fitsEntry(entry, filter)) continue;
    if (filter.after !== undefined && entry.id <= filter.after) {
      total += 1;
      continue;
    }
    if (rows.length >= filter.limit) {
      next ??= rows.at(-1)?.id;
      if (needsMessage(filter)) break;
      total += 1;
      continue;
    }
    const message = await parts.spool.read(entry.id);
    if (message === undefined || !fitsMessage(message, filter)) continue;
    total += 1;
    rows.push(await rowOf(parts, entry, message));
  }
  return { rows, total, ...(next === undefined ? {} : { next }) };
}

/** Ids of everything that fits. */
export async function chosenIds(
  parts: RelayParts,
  choice: QueueChoice,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const entry of parts.spool.list()) {
    if (!fitsEntry(entry, choice)) continue;
    if (needsMessage(choice)) {
      const message = await parts.spool.read(entry.id);
      if (message === undefined || !fitsMessage(message, choice)) continue;
    }
    ids.push(entry.id);
  }
  return ids;
}

export async function rowOf(
  parts: RelayParts,
  entry: SpoolEntry,
  message: SpooledMessage,
): Promise<QueueRow> {
  const timed = await timetableOf(parts, entry);
  const last = [...message.outcomes.values()].toSorted((a, b) => b.atMs - a.atMs)[0];
  return {
    id: entry.id,
    sender: message.envelope.sender,
    recipients: message.pending,
    sizeBytes: entry.sizeBytes,
    acceptedAtMs: entry.acceptedAtMs,
    routes: entry.routes,
    state: entry.held ? 'held' : (timed?.state ?? 'unscheduled'),
    ...(timed?.nextAtMs === undefined ? {} : { nextAtMs: timed.nextAtMs }),
    attempts: Math.max(0, ...[...message.outcomes.values()].map(({ attempts }) => attempts)),
    ...(last === undefined
      ? {}
      : {
          lastReply: `${last.outcome.reply.code} ${last.outcome.reply.enhanced} ${last.outcome.reply.text}`,
        }),
    ...(message.held === undefined ? {} : { heldBecause: message.held }),
  };
}

async function timetableOf(
  parts: RelayParts,
  entry: SpoolEntry,
): Promise<TimetableRow | undefined> {
  if (entry.held || !parts.queue.isReachable) return undefined;
  for (const route of entry.routes) {
    // Redis may go away in the middle of a listing: then the row says "unscheduled", which is true.
    const rows = await parts.queue.rows(route, [entry.id]).catch(() => []);
    if (rows[0] !== undefined) return rows[0];
  }
  return undefined;
}

function fitsEntry(entry: SpoolEntry, { route, held }: QueueChoice): boolean {
  return (
    (route === undefined || entry.routes.includes(route satisfies Route)) &&
    (held === undefined || entry.held === held)
  );
}

function needsMessage({ domain, sender, recipient, deferred }: QueueChoice): boolean {
  return (
    domain !== undefined ||
    sender !== undefined ||
    recipient !== undefined ||
    deferred !== undefined
  );
}

function fitsMessage(
  message: SpooledMessage,
  { domain, sender, recipient, deferred }: QueueChoice,
): boolean {
  const sameText = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  return (
    (domain === undefined ||
      message.pending.some((address) => sameText(domainOf(address), domain))) &&
    (sender === undefined || sameText(message.envelope.sender, sender)) &&
    (recipient === undefined || message.pending.some((address) => sameText(address, recipient))) &&
    (deferred === undefined || message.outcomes.size > 0 === deferred)
  );
}
