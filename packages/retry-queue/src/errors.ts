// Every way the timetable can fail. None of them ever costs mail: the spool is the truth (law 1).
export const retryQueueFailures = {
  TIMETABLE_UNREACHABLE: {
    retry: true,
    meaning:
      'Redis does not answer. Mail stays safe in the spool and is put on the timetable later.',
  },
  TIMETABLE_REFUSED: {
    retry: true,
    meaning:
      'Redis answered with an error. Mail stays safe in the spool and is put on the timetable later.',
  },
  WRONG_EVICTION_POLICY: {
    retry: false,
    meaning:
      'Redis may throw keys away when its memory is full; a timetable needs maxmemory-policy noeviction.',
  },
  REDIS_TOO_OLD: { retry: false, meaning: 'Redis is older than 6.2.' },
  BAD_REDIS_URL: { retry: false, meaning: 'The URL of Redis cannot be understood.' },
} as const;

export type RetryQueueFailureCode = keyof typeof retryQueueFailures;

export class RetryQueueError extends Error {
  override readonly name = 'RetryQueueError';
  readonly code: RetryQueueFailureCode;

  /** `detail` is one more sentence: what exactly was seen, or the command that mends it. */
  constructor(
    code: RetryQueueFailureCode,
    { detail, cause }: { readonly detail?: string; readonly cause?: unknown } = {},
  ) {
    const { meaning } = retryQueueFailures[code];
    super(
      detail === undefined ? meaning : `${meaning} ${detail}`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
  }
}
