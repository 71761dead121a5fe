// Keeps the locks of what this process works on, and frees what it does not work on any more.
//
// A job of ours that nobody works on comes about in two ways: the process died (its former life's token is in the lock), or
// Redis gave a job and the answer was lost with the connection (our token, but the id is not running). BullMQ would free both
// when the lock ends, two minutes later; here the first are due again at once and the second after two looks.
//
// A third was never a lock: somebody wrote there (threat 31). Every real one runs out within two minutes; what does not would
// keep its message for ever, because nobody can end a job whose lock he does not hold. It is broken, with an alarm.
import type { EventSink } from '@restante/mail-model';
import type { Logger } from '@restante/runtime';
import { isJobGone, isJobMissing } from './redis-failure.ts';
import type { RouteTimetable } from './route-timetable.ts';
import { lockDurationMs } from './worker-session.ts';

const lookEveryMs = 1000;
const renewEveryMs = 30_000;

export interface LockKeeperParts {
  readonly timetable: RouteTimetable;
  /** Ids whose handler runs in this process. */
  readonly running: ReadonlySet<string>;
  /** "<owner>/<life>": the owner stays the same over restarts, the life does not. */
  readonly token: string;
  readonly isReachable: () => boolean;
  readonly onEvent: EventSink;
  readonly log: Logger;
}

export function keepLocks(parts: LockKeeperParts): { stop(): void } {
  const { timetable, running, token, isReachable, onEvent, log } = parts;
  const { backend } = timetable.queue;
  const { route } = timetable;
  const owner = token.slice(0, token.indexOf('/') + 1);
  let suspects = new Set<string>();
  let renewedAtMs = performance.now();
  let isBusy = false;

  async function look(): Promise<void> {
    const active = await timetable.activeLocks();
    const unattended = active.filter(({ id }) => !running.has(id));
    const again = new Set<string>();
    for (const { id, lock } of unattended) {
      const isFormerLife = lock !== null && lock.startsWith(owner) && lock !== token;
      if (isFormerLife) {
        await free(id, lock);
        continue;
      }
      again.add(id);
      if (suspects.has(id)) await freeIfNobodys(id, lock);
    }
    suspects = again;
  }

  /** Nobody here worked on it for two looks. */
  async function freeIfNobodys(id: string, lock: string | null): Promise<void> {
    // Taken again since the look.
    if (running.has(id)) return;
    if (lock !== null && lock !== token) {
      const { isThere, endsInMs } = await timetable.lockEnd(id);
      // Another process of this site.
      if (isThere && endsInMs <= lockDurationMs) return;
      if (isThere) complain(id);
    }
    if (lock !== token) await timetable.breakLock(id);
    await free(id, lock === token ? lock : null);
  }

  function complain(id: string): void {
    const cause = new Error('Its lock in Redis was not ours and would never end; removed.');
    onEvent({ name: 'job.failed', id: id.slice(0, 64), route, cause });
  }

  async function free(id: string, lock: string | null): Promise<void> {
    try {
      await backend.moveJobFromActiveToWait(id, lock ?? '0');
      log.debug({ id, route }, 'A job nobody worked on is due again.');
    } catch (cause) {
      if (!isJobGone(cause)) throw cause;
      // Named as being worked on and nothing else of it there: as long as it stands in that list, nobody puts it back.
      if (isJobMissing(cause)) await timetable.forgetActive(id);
    }
  }

  async function renew(): Promise<void> {
    const ids = [...running];
    if (ids.length === 0) return;
    const lost = await backend.extendLocks(
      ids,
      ids.map(() => token),
      lockDurationMs,
    );
    if (lost.length > 0)
      log.debug(
        { route, lost: lost.length },
        'Locks were gone; Redis was emptied or these jobs have just ended.',
      );
  }

  async function tick(): Promise<void> {
    if (isBusy || !isReachable()) return;
    isBusy = true;
    try {
      await look();
      if (performance.now() - renewedAtMs >= renewEveryMs) {
        renewedAtMs = performance.now();
        await renew();
      }
    } catch (cause) {
      log.debug({ route, cause }, 'Locks could not be looked after; the next round tries again.');
    } finally {
      isBusy = false;
    }
  }

  const timer = setInterval(() => void tick(), lookEveryMs);
  timer.unref();
  // The former life's jobs should not wait for the first round.
  const soon = setTimeout(() => void tick(), 100);
  soon.unref();
  return {
    stop() {
      clearInterval(timer);
      clearTimeout(soon);
    },
  };
}
