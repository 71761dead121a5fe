// How long mail could not move through no fault of anybody it concerns: a home was away, we were not running, Redis was away, an
// operator held a route or a domain. That time must not age waiting mail (law 8).
//
// Kept on disk as intervals per key, so that a restart in the middle of an outage does not start the clocks again.
// An interval that is open when the process dies is closed when its cause is seen to be over, or goes on.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { domainHold, operatorHold, ourselves, redisAway } from './absence-keys.ts';
import { writeFileDurably, type Clock } from '@restante/runtime';

interface Interval {
  readonly fromMs: number;
  /** Absent while it goes on. */
  readonly untilMs?: number;
}

/** Where a recipient's mail would have gone. */
export interface NextHop {
  readonly route: string;
  readonly domain: string;
}

export interface OutageLog extends AsyncDisposable {
  /** `key` is a route whose far end is away, or one of absence-keys.ts. Idempotent while it lasts. */
  begin(key: string, sinceMs: number): void;
  end(key: string): void;
  /** Keys of what goes on now. */
  open(): readonly string[];
  /** Milliseconds of the span in which mail could not go there. */
  awayMs(hop: NextHop, sinceMs: number, untilMs: number): number;
}

export interface OutageLogOptions {
  readonly dir: string;
  readonly clock: Clock;
  /** Intervals that ended longer ago than this concern no mail any more. */
  readonly keepMs: number;
  /** Default 30 s. */
  readonly heartbeatMs?: number;
}

export async function openOutageLog({
  dir,
  clock,
  keepMs,
  heartbeatMs = 30_000,
}: OutageLogOptions): Promise<OutageLog> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, 'outages.json');
  const { intervals, aliveMs } = await readLog(path);
  let lastAliveMs = aliveMs ?? clock.now();
  const live = (pauseMaxMs: number) => {
    const nowMs = clock.now();
    if (nowMs - lastAliveMs > pauseMaxMs)
      push(intervals, ourselves, { fromMs: lastAliveMs, untilMs: nowMs });
    lastAliveMs = nowMs;
  };
  // Between the last heartbeat and now nobody ran here.
  live(heartbeatMs);

  let writing = Promise.resolve();
  const save = () => {
    forgetOld(intervals, clock.now() - keepMs);
    const content = JSON.stringify({
      aliveMs: lastAliveMs,
      intervals: Object.fromEntries(intervals),
    });
    // Losing this file costs at most an early delay notice; a full disk must not stop anything.
    writing = writing.then(async () => writeFileDurably(path, content)).catch(() => undefined);
  };
  save();
  const heartbeat = setInterval(() => {
    // A process that was frozen, or a clock that was set forward: nobody tried anything in that time.
    live(2 * heartbeatMs);
    save();
  }, heartbeatMs);

  return {
    begin(key, sinceMs) {
      const last = intervals.get(key)?.at(-1);
      if (last !== undefined && last.untilMs === undefined) return;
      push(intervals, key, { fromMs: sinceMs });
      save();
    },
    end(key) {
      const list = intervals.get(key);
      const last = list?.at(-1);
      if (list === undefined || last === undefined || last.untilMs !== undefined) return;
      list[list.length - 1] = { fromMs: last.fromMs, untilMs: clock.now() };
      save();
    },
    open: () =>
      [...intervals]
        .filter(([, list]) => list.length > 0 && list.at(-1)?.untilMs === undefined)
        .map(([key]) => key),
    awayMs({ route, domain }, sinceMs, untilMs) {
      // After a thaw an attempt may end before the heartbeat comes.
      live(2 * heartbeatMs);
      const keys = [route, operatorHold(route), domainHold(domain), redisAway, ourselves];
      return overlapMs(
        keys.flatMap((key) => intervals.get(key) ?? []),
        sinceMs,
        untilMs,
      );
    },
    async [Symbol.asyncDispose]() {
      clearInterval(heartbeat);
      live(2 * heartbeatMs);
      save();
      await writing;
    },
  };
}

/** Length of the union of the intervals within the span. Pure. */
export function overlapMs(
  intervals: readonly Interval[],
  sinceMs: number,
  untilMs: number,
): number {
  let total = 0;
  let coveredMs = sinceMs;
  for (const { fromMs, untilMs: endMs = untilMs } of intervals.toSorted(
    (a, b) => a.fromMs - b.fromMs,
  )) {
    const start = Math.max(fromMs, coveredMs);
    const end = Math.min(endMs, untilMs);
    if (end <= start) continue;
    total += end - start;
    coveredMs = end;
  }
  return total;
}

function push(intervals: Map<string, Interval[]>, key: string, interval: Interval): void {
  const list = intervals.get(key) ?? [];
  list.push(interval);
  intervals.set(key, list);
}

function forgetOld(intervals: Map<string, Interval[]>, beforeMs: number): void {
  for (const [key, list] of intervals) {
    const kept = list.filter(({ untilMs }) => untilMs === undefined || untilMs > beforeMs);
    if (kept.length > 0) intervals.set(key, kept);
    else intervals.delete(key);
  }
}

async function readLog(
  path: string,
): Promise<{ intervals: Map<string, Interval[]>; aliveMs: number | undefined }> {
  try {
    const content = JSON.parse(await readFile(path, 'utf8')) as {
      aliveMs?: number;
      intervals?: Record<string, Interval[]>;
    };
    return {
      intervals: new Map(Object.entries(content.intervals ?? {})),
      aliveMs: content.aliveMs,
    };
  } catch {
    // Absent on the first start; damaged costs only the memory of past outages, never mail.
    return { intervals: new Map(), aliveMs: undefined };
  }
}
