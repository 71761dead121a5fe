// Makes the timetable agree with the spool again: what is on disk and not on the timetable is added, what is on the
// timetable and not on disk is taken off, what a crash left half finished is finished.
//
// Runs at start, whenever Redis comes back, and every minute. Cheap when nothing is wrong: then only numbers are compared.
// The timetable comes first: a report that cannot be written must not keep other mail from moving.
import type { Route } from '@restante/mail-model';
import type { RetryQueue } from '@restante/retry-queue';
import type { SpoolEntry } from '@restante/spool';
import { finishIfNobodyIsLeft } from './attempt-due.ts';
import type { RelayParts } from './relay-parts.ts';

export interface Reconciliation {
  readonly added: number;
  readonly removed: number;
}

const batchMax = 1000;

export interface ReconcileOptions {
  readonly routes: readonly Route[];
  /** Compare every id, not only the numbers. */
  readonly thorough: boolean;
}

/** Throws when Redis is away; the next run repairs. */
export async function reconcile(
  parts: RelayParts,
  { routes, thorough }: ReconcileOptions,
): Promise<Reconciliation> {
  const startedMs = parts.clock.monotonicMs();
  await parts.spool.loaded;
  parts.keptBack.prune((id) => parts.spool.has(id));
  let added = 0;
  let removed = 0;
  const wanted = countWanted(parts);
  for (const route of routes) {
    if (!thorough && (await agrees(parts, route, wanted.get(route) ?? 0))) continue;
    await parts.queue.repair(route);
    const known = await readTimetable(parts.queue, route);
    added += await addMissing(parts, route, known);
    removed += await removeStrays(parts, route, known);
  }
  if (added + removed > 0) {
    parts.onEvent({
      name: 'schedule.repaired',
      added,
      removed,
      durationMs: parts.clock.monotonicMs() - startedMs,
    });
  }
  await finishLeftovers(parts);
  return { added, removed };
}

/** A message that is held, or kept back on this route, has nothing to do on the timetable. */
function isWantedOn({ keptBack }: RelayParts, entry: SpoolEntry, route: Route): boolean {
  return !entry.held && entry.routes.includes(route) && !keptBack.has(entry.id, route);
}

function countWanted(parts: RelayParts): Map<Route, number> {
  const wanted = new Map<Route, number>();
  for (const entry of parts.spool.list()) {
    for (const route of entry.routes) {
      if (isWantedOn(parts, entry, route)) wanted.set(route, (wanted.get(route) ?? 0) + 1);
    }
  }
  return wanted;
}

async function agrees(
  { queue, timetable }: RelayParts,
  route: Route,
  wanted: number,
): Promise<boolean> {
  const { waiting, delayed, active } = await queue.counts(route);
  return waiting + delayed + active + timetable.pending(route) === wanted;
}

async function readTimetable(queue: RetryQueue, route: Route): Promise<Set<string>> {
  const known = new Set<string>();
  for await (const ids of queue.ids(route)) for (const id of ids) known.add(id);
  return known;
}

async function addMissing(
  parts: RelayParts,
  route: Route,
  known: ReadonlySet<string>,
): Promise<number> {
  let batch: string[] = [];
  let added = 0;
  const flush = async () => {
    await parts.queue.schedule(batch.map((id) => ({ id, route, delayMs: 0 })));
    added += batch.length;
    batch = [];
  };
  for (const entry of parts.spool.list()) {
    if (known.has(entry.id) || !isWantedOn(parts, entry, route)) continue;
    batch.push(entry.id);
    if (batch.length >= batchMax) await flush();
  }
  if (batch.length > 0) await flush();
  return added;
}

async function removeStrays(
  parts: RelayParts,
  route: Route,
  known: ReadonlySet<string>,
): Promise<number> {
  let removed = 0;
  for (const id of known) {
    const entry = parts.spool.entry(id);
    if (entry !== undefined && isWantedOn(parts, entry, route)) continue;
    if (await parts.queue.remove(id, route)) removed += 1;
  }
  return removed;
}

async function finishLeftovers(parts: RelayParts): Promise<void> {
  for (const entry of parts.spool.list()) {
    if (entry.hasPending) continue;
    try {
      const message = await parts.spool.read(entry.id);
      if (message !== undefined) await finishIfNobodyIsLeft(parts, message);
    } catch (cause) {
      // A full disk, most likely. It is settled on disk, so nothing is lost or done twice; the next round finishes it.
      parts.onEvent({ name: 'message.unfinished', id: entry.id, cause });
    }
  }
}
