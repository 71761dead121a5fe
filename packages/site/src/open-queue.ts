// The timetable of a site: its queue in Redis, and the one kind of Redis that is refused.
import { setTimeout as pause } from 'node:timers/promises';
import type { EventSink } from '@restante/mail-model';
import {
  createRetryQueue,
  RetryQueueError,
  type RetryQueue,
  timetablePrefix,
} from '@restante/retry-queue';
import type { Logger } from '@restante/runtime';
import type { SiteView } from './cluster-config.ts';

export function openQueue(
  { site }: SiteView,
  { onEvent, logger }: { readonly onEvent: EventSink; readonly logger: Logger },
): RetryQueue {
  return createRetryQueue({
    url: site.redis.url,
    ...(site.redis.password === undefined ? {} : { password: site.redis.password }),
    prefix: timetablePrefix(site.name),
    owner: site.name,
    onEvent,
    log: logger,
  });
}

/** A Redis that is away stops nothing (law 3); one that would throw jobs away must not be used at all (design §4.2). */
export async function refuseWrongRedis(queue: RetryQueue): Promise<void> {
  const waitMaxMs = 2000;
  const ready = queue.ready().catch((cause: unknown) => {
    if (cause instanceof RetryQueueError && cause.code === 'TIMETABLE_UNREACHABLE') return;
    throw cause;
  });
  await Promise.race([ready, pause(waitMaxMs)]);
}
