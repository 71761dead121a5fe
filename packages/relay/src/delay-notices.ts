// Tells senders once that their mail still waits, also for mail on a held route that no attempt ever looks at.
//
// Entries are in the order they were accepted, so every sweep only looks at those that crossed the age since the last one.
import { reportDelay } from './report-ends.ts';
import type { RelayParts } from './relay-parts.ts';

export interface DelayNotices {
  sweep(): Promise<number>;
}

const perSweepMax = 500;

export function createDelayNotices(parts: RelayParts): DelayNotices {
  // After a start everything is looked at again; a notice that was sent has the same id and is not stored twice.
  let lookedUntilMs = 0;
  return {
    async sweep() {
      const untilMs = parts.clock.now() - parts.schedule.delayNoticeAfterMs;
      const due: string[] = [];
      for (const entry of parts.spool.list()) {
        if (entry.acceptedAtMs > untilMs || due.length >= perSweepMax) break;
        if (entry.acceptedAtMs <= lookedUntilMs || !entry.hasPending || entry.held) continue;
        due.push(entry.id);
      }
      for (const id of due) {
        const message = await parts.spool.read(id);
        if (message !== undefined) await reportDelay(parts, message);
        lookedUntilMs = Math.max(lookedUntilMs, parts.spool.entry(id)?.acceptedAtMs ?? lookedUntilMs);
      }
      if (due.length < perSweepMax) lookedUntilMs = Math.max(lookedUntilMs, untilMs);
      return due.length;
    },
  };
}
