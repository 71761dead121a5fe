// What one job looks like in Redis, kept as small as BullMQ allows: the id says everything, the spool knows the rest.
//
// Small on purpose: 100,000 held messages are 100,000 of these. BullMQ stores the options as JSON in one field, and a hash with
// a field above 64 bytes costs Redis twice the memory; so nothing goes in that the worker's own options can say.
import type { JobJson } from 'bullmq';
import type { Route } from '@restante/mail-model';
import type { ScheduleEntry } from '../retry-queue.ts';

export interface NewJob {
  readonly jobId: string;
  readonly job: JobJson;
}

export function jobOf(entry: ScheduleEntry, nowMs: number): NewJob {
  const delayMs = Math.max(0, Math.round(entry.delayMs));
  const delay = delayMs > 0 ? { delay: delayMs } : {};
  // BullMQ's "lifo" means: in front of everything that waits.
  const lifo = entry.ahead === true && delayMs === 0 ? { lifo: true } : {};
  return {
    jobId: entry.id,
    job: {
      id: entry.id,
      name: 'm',
      data: '{}',
      opts: { ...delay, ...lifo },
      progress: 0,
      attemptsMade: 0,
      attemptsStarted: 0,
      timestamp: nowMs,
      failedReason: '',
      returnvalue: '',
      stalledCounter: 0,
    },
  };
}

/** Queue names must not contain ":"; the rest of a route's alphabet is fine, and the first "." of a name stands for it. */
export function queueNameOf(route: Route): string {
  return route.replace(':', '.');
}

/** One Redis Cluster slot for all keys of a site, because BullMQ's scripts touch several of them. */
export function keyPrefixOf(prefix: string): string {
  return prefix.includes('{') ? prefix : `{${prefix}}`;
}
