// The one translator of what ioredis and BullMQ throw (house rule: one per border).
import { RetryQueueError } from '../errors.ts';

/** Redis itself answered "no" to a command, as opposed to not answering. */
export function isRefusal(cause: unknown): cause is Error {
  return cause instanceof Error && cause.name === 'ReplyError';
}

/** A key holds another type than ours: somebody else wrote there. The first word of a refusal is its code in the protocol. */
export function isWrongType(cause: unknown): boolean {
  return isRefusal(cause) && /\bWRONGTYPE\b/.test(cause.message);
}

/** A job was taken off the timetable while it was being worked on: BullMQ gives its script's negative result as `code`. */
export function isJobGone(cause: unknown): boolean {
  return (
    cause instanceof Error && 'code' in cause && typeof cause.code === 'number' && cause.code < 0
  );
}

/** Of those: the job itself is not there any more (BullMQ's -1), whatever lists still name it. */
export function isJobMissing(cause: unknown): boolean {
  return isJobGone(cause) && (cause as { readonly code?: unknown }).code === -1;
}

export function toRetryQueueError(cause: unknown): RetryQueueError {
  if (cause instanceof RetryQueueError) return cause;
  return new RetryQueueError(isRefusal(cause) ? 'TIMETABLE_REFUSED' : 'TIMETABLE_UNREACHABLE', {
    cause,
  });
}
