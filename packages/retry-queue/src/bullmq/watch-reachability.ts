// Does Redis answer, and was the timetable still there?
//
// Two sources: the events of the connection, which see a refused or broken connection at once, and a pulse every second,
// which sees a Redis that hangs (stopped, swapping, behind a dead link) and one that was emptied while connected.
//
//   unknown or away --(connected, routes prepared)--> reachable --(closed, or a pulse unanswered)--> away
import type { EventSink } from '@restante/mail-model';
import type { RedisClient } from './connections.ts';

export interface ReachabilityParts {
  readonly client: RedisClient;
  readonly onEvent: EventSink;
  /** Brings the routes in order after Redis came (back); the listeners are called when it is done. */
  prepare(): Promise<void>;
  /** One cheap question. False: Redis answers, but what we had written there is gone. Rejects when it does not answer. */
  pulse(): Promise<boolean>;
}

export interface Reachability {
  readonly isReachable: boolean;
  /** Why it is away, for error causes. */
  readonly lastProblem: unknown;
  onBack(listener: () => void): void;
  /** The caller found out by itself that the timetable was lost. */
  reportLoss(cause: unknown): void;
  /** Resolves with true as soon as Redis is reachable, with false at the deadline. */
  reachableWithin(deadlineMs: number): Promise<boolean>;
  stop(): void;
}

const pulseEveryMs = 1000;

export function watchReachability({
  client,
  onEvent,
  prepare,
  pulse,
}: ReachabilityParts): Reachability {
  const listeners = new Set<() => void>();
  let isReachable = false;
  let wasReachable = false;
  let lastProblem: unknown = new Error('Redis has not answered yet.');
  let isBusy = false;
  let isStopped = false;

  function lose(cause: unknown): void {
    lastProblem = cause;
    if (!isReachable || isStopped) return;
    isReachable = false;
    onEvent({ name: 'timetable.lost', cause });
  }

  async function welcome(): Promise<void> {
    await prepare();
    if (isStopped || isReachable) return;
    isReachable = true;
    lastProblem = new Error('The connection to Redis was closed.');
    // The first time is no return: nothing was lost before.
    if (wasReachable) onEvent({ name: 'timetable.back' });
    wasReachable = true;
    for (const listener of listeners) listener();
  }

  async function look(): Promise<void> {
    if (isBusy || isStopped || !isConnected(client)) return;
    isBusy = true;
    try {
      const isIntact = await pulse();
      if (!isIntact && isReachable) lose(new Error('Redis was emptied.'));
      if (!isReachable) await welcome();
    } catch (cause) {
      lose(cause);
    } finally {
      isBusy = false;
    }
  }

  client.on('error', (cause: unknown) => {
    lastProblem = cause;
  });
  client.on('close', () => lose(lastProblem));
  client.on('ready', () => void look());
  const timer = setInterval(() => void look(), pulseEveryMs);
  timer.unref();

  return {
    get isReachable() {
      return isReachable;
    },
    get lastProblem() {
      return lastProblem;
    },
    onBack(listener) {
      listeners.add(listener);
      if (isReachable) queueMicrotask(listener);
    },
    reportLoss(cause) {
      lose(cause);
      void look();
    },
    async reachableWithin(deadlineMs) {
      if (isReachable) return true;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const arrived = () => resolve(true);
      const deadline = setTimeout(() => resolve(false), deadlineMs);
      listeners.add(arrived);
      void look();
      try {
        return await promise;
      } finally {
        clearTimeout(deadline);
        listeners.delete(arrived);
      }
    },
    stop() {
      isStopped = true;
      clearInterval(timer);
      listeners.clear();
    },
  };
}

/** A Cluster calls its usable state "ready" too, but passes through "connect" first. */
function isConnected(client: RedisClient): boolean {
  return client.status === 'ready';
}
