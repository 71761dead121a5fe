// Tells senders once that their mail still waits, also for mail on a held route that no attempt ever looks at.
//
// A pass looks at every message that crossed the age since the last pass, some hundred a sweep, in the order of the ids (what a
// peer brought has an older id than its time here). A notice that cannot be written keeps no other one back; the next sweep
// tries it again.
import { reportDelay } from './report-ends.ts';
import type { RelayParts } from './relay-parts.ts';

export interface DelayNotices {
  /** Answers how many messages were looked at. */
  sweep(): Promise<number>;
  /** Ends after the notice that is being made. */
  stop(): Promise<void>;
}

const perSweepMax = 500;

export function createDelayNotices(parts: RelayParts): DelayNotices {
  // After a start everything is looked at again; a notice that was sent has the same id and is not stored twice.
  let fromMs = 0;
  let pass: { readonly untilMs: number; afterId: string } | undefined;
  let running: Promise<number> | undefined;
  let isStopped = false;
  const again = new Set<string>();

  const collect = (): readonly string[] => {
    const due = [...again];
    pass ??= { untilMs: parts.clock.now() - parts.schedule.delayNoticeAfterMs, afterId: '' };
    for (const { id, acceptedAtMs, hasPending, held } of parts.spool.list()) {
      if (due.length >= perSweepMax) return due;
      if (id <= pass.afterId) continue;
      pass.afterId = id;
      if (acceptedAtMs > fromMs && acceptedAtMs <= pass.untilMs && hasPending && !held)
        due.push(id);
    }
    fromMs = pass.untilMs;
    pass = undefined;
    return due;
  };
  const tell = async (id: string) => {
    try {
      const message = await parts.spool.read(id);
      if (message !== undefined && message.pending.length > 0) await reportDelay(parts, message);
      again.delete(id);
    } catch (cause) {
      again.add(id);
      parts.onEvent({ name: 'message.unfinished', id, cause });
    }
  };
  const sweepOnce = async () => {
    const due = collect();
    for (const id of due) if (!isStopped) await tell(id);
    return due.length;
  };

  return {
    async sweep() {
      running ??= sweepOnce().finally(() => {
        running = undefined;
      });
      return running;
    },
    async stop() {
      isStopped = true;
      await running;
    },
  };
}
