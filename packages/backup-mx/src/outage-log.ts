// How long each home was away, and how long we were not running ourselves: time that must not age waiting mail (law 8).
//
// Kept on disk as intervals per route, so that a restart in the middle of an outage does not start the clocks again.
// An interval that is open when the process dies is closed when the home is seen alive, or goes on.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably, type Clock } from '@restante/runtime';

interface Interval {
  readonly fromMs: number;
  /** Absent while it goes on. */
  readonly untilMs?: number;
}

export interface OutageLog extends AsyncDisposable {
  /** The route's far end is away since then. Idempotent while it lasts. */
  begin(route: string, sinceMs: number): void;
  end(route: string): void;
  /** Milliseconds of the span in which the route's far end, or we ourselves, were away. */
  awayMs(route: string, sinceMs: number, untilMs: number): number;
}

export interface OutageLogOptions {
  readonly dir: string;
  readonly clock: Clock;
  /** Intervals that ended longer ago than this concern no mail any more. */
  readonly keepMs: number;
}

/** The key of our own absences; counts for every route. */
const ourselves = 'ourselves';
const heartbeatMs = 30_000;

export async function openOutageLog({ dir, clock, keepMs }: OutageLogOptions): Promise<OutageLog> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, 'outages.json');
  const { intervals, aliveMs } = await readLog(path);
  // Between the last heartbeat and now nobody ran here.
  if (aliveMs !== undefined && clock.now() - aliveMs > heartbeatMs) {
    push(intervals, ourselves, { fromMs: aliveMs, untilMs: clock.now() });
  }

  let writing = Promise.resolve();
  const save = () => {
    forgetOld(intervals, clock.now() - keepMs);
    const content = JSON.stringify({ aliveMs: clock.now(), intervals: Object.fromEntries(intervals) });
    // Losing this file costs at most an early delay notice; a full disk must not stop anything.
    writing = writing.then(async () => writeFileDurably(path, content)).catch(() => undefined);
  };
  save();
  const heartbeat = setInterval(save, heartbeatMs);

  return {
    begin(route, sinceMs) {
      const last = intervals.get(route)?.at(-1);
      if (last !== undefined && last.untilMs === undefined) return;
      push(intervals, route, { fromMs: sinceMs });
      save();
    },
    end(route) {
      const list = intervals.get(route);
      const last = list?.at(-1);
      if (list === undefined || last === undefined || last.untilMs !== undefined) return;
      list[list.length - 1] = { fromMs: last.fromMs, untilMs: clock.now() };
      save();
    },
    awayMs(route, sinceMs, untilMs) {
      return overlapMs([...(intervals.get(route) ?? []), ...(intervals.get(ourselves) ?? [])], sinceMs, untilMs);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(heartbeat);
      save();
      await writing;
    },
  };
}

/** Length of the union of the intervals within the span. Pure. */
export function overlapMs(intervals: readonly Interval[], sinceMs: number, untilMs: number): number {
  let total = 0;
  let coveredMs = sinceMs;
  for (const { fromMs, untilMs: endMs = untilMs } of intervals.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const start = Math.max(fromMs, coveredMs);
    const end = Math.min(endMs, untilMs);
    if (end <= start) continue;
    total += end - start;
    coveredMs = end;
  }
  return total;
}

function push(intervals: Map<string, Interval[]>, route: string, interval: Interval): void {
  const list = intervals.get(route) ?? [];
  list.push(interval);
  intervals.set(route, list);
}

function forgetOld(intervals: Map<string, Interval[]>, beforeMs: number): void {
  for (const [route, list] of intervals) {
    intervals.set(route, list.filter(({ untilMs }) => untilMs === undefined || untilMs > beforeMs));
  }
}

async function readLog(path: string): Promise<{ intervals: Map<string, Interval[]>; aliveMs: number | undefined }> {
  try {
    const content = JSON.parse(await readFile(path, 'utf8')) as { aliveMs?: number; intervals?: Record<string, Interval[]> };
    return { intervals: new Map(Object.entries(content.intervals ?? {})), aliveMs: content.aliveMs };
  } catch {
    // Absent on the first start; damaged costs only the memory of past outages, never mail.
    return { intervals: new Map(), aliveMs: undefined };
  }
}
