// Puts accepted messages on the timetable without making anybody wait for Redis (law 3).
//
// Messages that arrive together go in one batch. A batch that fails is not an error of the message: it is on disk, and the
// reconciler puts it back when Redis answers again.
//
// A route that stands still has time: its entries are put on the timetable behind the accepting of new mail, in whatever
// the event loop leaves free, and at once when the route moves again.
import type { EventSink, Route } from '@restante/mail-model';
import type { RetryQueue, ScheduleEntry } from '@restante/retry-queue';

export interface Timetable {
  /** Never throws, never waits. */
  add(entry: ScheduleEntry): void;
  /** Entries of a route that still have to be written to Redis. */
  pending(route: Route): number;
  /** True when a batch was lost since the last call: the reconciler has work. */
  takeDirty(): boolean;
  /** What was to be repaired is not. */
  markDirty(): void;
  /** Resolves when everything that is urgent has been tried. */
  settled(): Promise<void>;
}

export interface TimetableOptions {
  readonly queue: RetryQueue;
  readonly onEvent: EventSink;
  /** True for routes that nobody works on at the moment. */
  readonly isStill: (route: Route) => boolean;
}

const batchMax = 500;
const pauseMs = 25;
/** Share of the event loop that may be in use before patient entries are put off further. */
const busyShare = 0.6;
/** Even then a few go, so that a busy day does not leave Redis behind for ever. */
const batchWhenBusy = 10;

export function createTimetable({ queue, onEvent, isStill }: TimetableOptions): Timetable {
  const urgent: ScheduleEntry[] = [];
  const patient = new Map<Route, ScheduleEntry[]>();
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isDirty = false;

  const write = async (batch: readonly ScheduleEntry[]) => {
    if (!queue.isReachable) {
      isDirty = true;
      return;
    }
    try {
      await queue.schedule(batch);
    } catch (cause) {
      isDirty = true;
      onEvent({
        name: 'schedule.failed',
        route: batch[0]?.route ?? 'local',
        messages: batch.length,
        cause,
      });
    }
  };
  const run = async () => {
    while (urgent.length > 0) await write(urgent.splice(0, batchMax));
    running = undefined;
  };
  const start = () => {
    // After the current turn, so that a whole group commit becomes one batch.
    running ??= new Promise<void>((resolve) => setImmediate(resolve)).then(run);
  };

  let looked = performance.eventLoopUtilization();
  const workOff = async () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, looked);
    looked = now;
    for (const [route, entries] of patient) {
      if (isStill(route)) {
        await write(entries.splice(0, utilization > busyShare ? batchWhenBusy : batchMax));
      } else {
        for (const entry of entries.splice(0)) urgent.push(entry);
        start();
      }
      if (entries.length === 0) patient.delete(route);
    }
    timer = patient.size > 0 ? setTimeout(() => void workOff(), pauseMs).unref() : undefined;
  };
  const addPatient = (entry: ScheduleEntry) => {
    const entries = patient.get(entry.route);
    if (entries === undefined) patient.set(entry.route, [entry]);
    else entries.push(entry);
    timer ??= setTimeout(() => void workOff(), pauseMs).unref();
  };

  return {
    add(entry) {
      if (isStill(entry.route)) {
        addPatient(entry);
      } else {
        urgent.push(entry);
        start();
      }
    },
    pending: (route) =>
      (patient.get(route)?.length ?? 0) + urgent.filter((entry) => entry.route === route).length,
    takeDirty() {
      const wasDirty = isDirty;
      isDirty = false;
      return wasDirty;
    },
    markDirty() {
      isDirty = true;
    },
    async settled() {
      clearTimeout(timer);
      while (running !== undefined) await running;
    },
  };
}
