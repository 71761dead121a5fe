// The public face of @restante/retry-queue.
export type {
  Due,
  NextStep,
  RetryQueue,
  RetryQueueOptions,
  RouteCounts,
  RouteWorker,
  ScheduleEntry,
  TimetableRow,
  WorkOptions,
} from './retry-queue.ts';
export { createRetryQueue } from './bullmq/bullmq-retry-queue.ts';
export type { RedisAddress } from './bullmq/connect-redis.ts';
export { connectRedis } from './bullmq/connect-redis.ts';
export { parseRedisUrl } from './bullmq/redis-url.ts';
export type { RetryQueueFailureCode } from './errors.ts';
export { RetryQueueError, retryQueueFailures } from './errors.ts';
export type { History, RetrySchedule, ScheduledStep } from './schedule.ts';
export { defaultSchedule, delayNoticeDue, nextStep } from './schedule.ts';
export { retrySection } from './config.ts';
export { timetablePrefix } from './timetable-prefix.ts';
