// What an operator can do to waiting messages: try now, hold, release, delete. Each answers how many it touched, and each
// keeps spool and timetable in step: the spool first, because it is the truth.
import type { Route } from '@restante/mail-model';
import { liftQuarantine, type RelayParts } from '@restante/relay';
import type { QueueSelection, Touched } from '@restante/site-api';
import { chosenIds } from './queue-rows.ts';

export async function retryNow(parts: RelayParts, selection: QueueSelection): Promise<Touched> {
  return touchEach(parts, selection, async (id, routes) => {
    for (const route of routes) {
      if (!(await parts.queue.promote(id, route)))
        await parts.queue.schedule([{ id, route, delayMs: 0 }]);
    }
    return true;
  });
}

export async function holdMessages(
  parts: RelayParts,
  selection: QueueSelection,
  reason: string,
): Promise<Touched> {
  return touchEach(parts, selection, async (id, routes) => {
    if (parts.spool.entry(id)?.held === true) return false;
    await parts.spool.hold(id, reason);
    parts.onEvent({ name: 'message.held', id, reason });
    // If Redis is away the job stays; a due job of a held message ends without an attempt.
    for (const route of routes) await parts.queue.remove(id, route).catch(() => false);
    return true;
  });
}

export async function releaseMessages(
  parts: RelayParts,
  selection: QueueSelection,
): Promise<Touched> {
  return touchEach(parts, selection, async (id, routes) => {
    if (parts.spool.entry(id)?.held !== true) return false;
    const message = await parts.spool.read(id);
    if (message !== undefined) await liftQuarantine(parts, message);
    await parts.spool.unhold(id);
    parts.onEvent({ name: 'message.released', id });
    for (const route of routes) parts.timetable.add({ id, route, delayMs: 0 });
    return true;
  });
}

/** For good, without a report to anybody: only ever because a person said so. */
export async function deleteMessages(
  parts: RelayParts,
  selection: QueueSelection,
  by: string,
): Promise<Touched> {
  return touchEach(parts, selection, async (id, routes) => {
    await parts.spool.release(id);
    parts.onEvent({ name: 'message.deleted', id, by });
    for (const route of routes) await parts.queue.remove(id, route).catch(() => false);
    return true;
  });
}

async function touchEach(
  parts: RelayParts,
  { ids, filter }: QueueSelection,
  touch: (id: string, routes: readonly Route[]) => Promise<boolean>,
): Promise<Touched> {
  let count = 0;
  for (const id of ids ?? (filter === undefined ? [] : await chosenIds(parts, filter))) {
    const entry = parts.spool.entry(id);
    if (entry !== undefined && (await touch(id, entry.routes))) count += 1;
  }
  return { count };
}
