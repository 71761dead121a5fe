// What the tests of this package share: an open queue, ids, and waiting for a condition.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createMessageIdMaker } from '@restante/mail-model';
import type { RestanteEvent, Route } from '@restante/mail-model';
import { createRetryQueue } from '../src/index.ts';
import type { RetryQueue, RetryQueueOptions } from '../src/index.ts';

const maker = createMessageIdMaker();

/** Ids in the order of their age. */
export function newIds(count: number): string[] {
  return Array.from({ length: count }, () => maker.next(Date.now()));
}

export interface OpenQueue extends AsyncDisposable {
  readonly queue: RetryQueue;
  readonly events: RestanteEvent[];
  /** How often the node would have reconciled. */
  readonly backs: () => number;
}

/** A queue with the routes of these tests open. Waits for Redis unless told not to. */
export async function openQueue(
  { url }: { readonly url: string },
  { wait = true, ...options }: Partial<RetryQueueOptions> & { readonly wait?: boolean } = {},
): Promise<OpenQueue> {
  const events: RestanteEvent[] = [];
  let backs = 0;
  const queue = createRetryQueue({
    url,
    prefix: 'restante:test',
    onEvent: (event) => void events.push(event),
    ...options,
  });
  queue.onBack(() => {
    backs += 1;
  });
  queue.openRoute('peer:us');
  queue.openRoute('local');
  if (wait) {
    await queue.ready().catch(async (cause: unknown) => {
      await queue[Symbol.asyncDispose]();
      throw cause;
    });
  }
  return {
    queue,
    events,
    backs: () => backs,
    [Symbol.asyncDispose]: () => queue[Symbol.asyncDispose](),
  };
}

/** A stranger's connection to the same Redis. */
export function connectRaw({ port }: { readonly port: number }): Redis & Disposable {
  const raw = new Redis(port, '127.0.0.1', { retryStrategy: () => 50 });
  raw.on('error', () => undefined);
  return Object.assign(raw, { [Symbol.dispose]: () => raw.disconnect() });
}

export async function idsOf(queue: RetryQueue, route: Route): Promise<string[]> {
  const all: string[] = [];
  for await (const some of queue.ids(route)) all.push(...some);
  return all;
}

/** Waits until the condition holds; the deadline is for a broken product, not for a slow machine. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  deadlineMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await holds())) {
    assert.ok(
      performance.now() < deadline,
      `It did not come to hold within ${deadlineMs} ms: ${holds.toString()}`,
    );
    await sleep(5);
  }
}
