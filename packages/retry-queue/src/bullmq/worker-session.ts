// One life of a worker's connections: BullMQ's Worker without its own loop, from which route-worker.ts takes jobs.
//
// BullMQ's loop marks a job "failed" when a handler or a completion throws, and waits 15 s after a broken connection. A mail
// timetable wants neither, so only the primitives are used: take, wait, complete, delay, look for stalled jobs.
import { Job, Worker } from 'bullmq';
import type { JobJson } from 'bullmq';
import type { NextStep } from '../retry-queue.ts';
import type { RedisClient } from './connections.ts';

/** A job that is ours now, or nothing and when the next one is due (0: unknown). */
export interface Taken {
  /** Absent: nothing to take. Any string otherwise, for what stands in Redis is untrusted. */
  readonly id?: string;
  readonly attemptsBefore: number;
  readonly nextDueMs: number;
}

export interface WorkerSession {
  take(): Promise<Taken>;
  /** Ends the job's turn; with `takeNext` the next job comes back in the same round trip. */
  finish(id: string, step: NextStep, takeNext: boolean): Promise<Taken>;
  /** Resolves when there may be something to take, at the latest after the time. */
  waitForJob(waitMaxMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Long, because a renewal that comes late must not start a second attempt at the same message. */
export const lockDurationMs = 120_000;
const stalledIntervalMs = 30_000;

/** What a session says when there is nothing to take. */
export const nothing: Taken = { attemptsBefore: 0, nextDueMs: 0 };

export function openSession(parts: {
  readonly name: string;
  readonly prefix: string;
  readonly token: string;
  readonly client: RedisClient;
  readonly onError: (cause: unknown) => void;
}): WorkerSession {
  const { name, prefix, token, client } = parts;
  const worker = new Worker(name, null, {
    connection: client,
    prefix,
    autorun: false,
    lockDuration: lockDurationMs,
    stalledInterval: stalledIntervalMs,
    // A stall means that a process died or hung. That never is the message's fault (law 7).
    maxStalledCount: 1_000_000,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  });
  worker.on('error', parts.onError);
  // Puts back what another, dead process of this site was working on.
  void worker.startStalledCheckTimer().catch(parts.onError);
  const { backend } = worker;

  return {
    take: async () => toTaken(await backend.moveToActive(token)),

    async finish(id, step, takeNext) {
      if (step.kind === 'done') {
        const job = new Job(worker, 'm', {}, {}, id);
        return toTaken(await job.moveToCompleted(undefined, token, takeNext));
      }
      const delayMs = Math.max(1, Math.round(step.delayMs));
      // skipAttempt: BullMQ's own count of attempts, and so its idea of "failed", is not used.
      const answer = await backend.moveToDelayed(id, Date.now(), delayMs, token, {
        skipAttempt: true,
        fetchNext: takeNext,
      });
      return toTaken(answer);
    },

    async waitForJob(waitMaxMs) {
      await backend.waitForJob(waitMaxMs / 1000);
    },

    async close() {
      client.disconnect();
      await worker.close(true).catch(parts.onError);
    },
  };
}

/** BullMQ answers [job or null, id, rate limit, time of the next delayed job], or nothing at all. */
function toTaken(answer: unknown): Taken {
  if (!Array.isArray(answer)) return nothing;
  const [job, id, , nextDueMs] = answer as readonly unknown[];
  const due = typeof nextDueMs === 'number' && nextDueMs > 0 ? nextDueMs : 0;
  if (job === null || job === undefined || typeof id !== 'string')
    return due === 0 ? nothing : { ...nothing, nextDueMs: due };
  const started = (job as Partial<JobJson>).attemptsStarted;
  const attemptsBefore =
    typeof started === 'number' && Number.isSafeInteger(started) && started > 0 ? started - 1 : 0;
  return { id, attemptsBefore, nextDueMs: due };
}
