// Puts accepted messages on the timetable without making anybody wait for Redis (law 3).
//
// Messages that arrive together go in one batch. A batch that fails is not an error of the message: it is on disk, and the
// reconciler puts it back when Redis answers again.
import type { EventSink, Route } from '@restante/mail-model';
import type { RetryQueue, ScheduleEntry } from '@restante/retry-queue';

export interface Timetable {
  /** Never throws, never waits. */
  add(entry: ScheduleEntry): void;
  /** True when a batch was lost since the last call of takeDirty(): the reconciler has work. */
  takeDirty(): boolean;
  /** Resolves when everything added so far has been tried. */
  settled(): Promise<void>;
}

const batchMax = 500;

export function createTimetable(queue: RetryQueue, onEvent: EventSink): Timetable {
  let waiting: ScheduleEntry[] = [];
  let running: Promise<void> | undefined;
  let isDirty = false;

  const run = async () => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, batchMax);
      if (!queue.isReachable) {
        isDirty = true;
        continue;
      }
      try {
        await queue.schedule(batch);
      } catch (cause) {
        isDirty = true;
        onEvent({ name: 'schedule.failed', route: batch[0]?.route ?? ('local' satisfies Route), messages: batch.length, cause });
      }
    }
    running = undefined;
  };

  return {
    add(entry) {
      waiting.push(entry);
      // After the current turn, so that a whole group commit becomes one batch.
      running ??= new Promise<void>((resolve) => setImmediate(resolve)).then(run);
    },
    takeDirty() {
      const wasDirty = isDirty;
      isDirty = false;
      return wasDirty;
    },
    async settled() {
      while (running !== undefined) await running;
    },
  };
}
