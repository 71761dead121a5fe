// The watchdog of a worker. Workers that stay silent after Redis came back are a bug others met, and whatever its cause
// the cure is the same: work waits, nobody works, nothing was taken for several looks: replace the connections.
import type { Logger } from '@restante/runtime';
import type { RouteTimetable } from './route-timetable.ts';

export interface SilenceWatchParts {
  readonly timetable: RouteTimetable;
  /** How many jobs were taken so far. */
  readonly taken: () => number;
  /** True while nothing runs although it could. */
  readonly isIdle: () => boolean;
  readonly replace: () => Promise<void>;
  readonly log: Logger;
}

const lookEveryMs = 1000;
const silentLooksMax = 3;

export function watchSilence(parts: SilenceWatchParts): { stop(): void } {
  const { timetable, taken, isIdle, log } = parts;
  const { route } = timetable;
  let silentLooks = 0;
  let takenBefore = 0;
  let isBusy = false;

  async function look(): Promise<void> {
    const takenNow = taken();
    const isSilent = takenNow === takenBefore && isIdle();
    takenBefore = takenNow;
    if (!isSilent) {
      silentLooks = 0;
      return;
    }
    const { waiting, isPaused } = await timetable.counts();
    silentLooks = waiting > 0 && !isPaused && taken() === takenNow ? silentLooks + 1 : 0;
    if (silentLooks < silentLooksMax) return;
    silentLooks = 0;
    log.warn(
      { route, waiting },
      'Nothing was taken though work is waiting; the worker connections are replaced.',
    );
    await parts.replace();
  }

  async function tick(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    try {
      await look();
    } catch (cause) {
      log.debug({ route, cause }, 'The watchdog could not look.');
    } finally {
      isBusy = false;
    }
  }

  const timer = setInterval(() => void tick(), lookEveryMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
