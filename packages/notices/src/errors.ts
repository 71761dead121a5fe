// Every way a notice can fail to be told.
export const noticesFailures = {
  WEBHOOK_ADDRESS_MISSING: {
    retry: true,
    meaning: 'The address of the webhook cannot be read, or is none.',
  },
  WEBHOOK_UNREACHABLE: { retry: true, meaning: 'The webhook did not answer in time.' },
  WEBHOOK_REFUSED: { retry: false, meaning: 'The webhook answered that it does not want this.' },
  COMMAND_FAILED: { retry: true, meaning: 'The command for notices ended with a failure.' },
  NOTICES_TOO_MANY: { retry: false, meaning: 'Too many notices wait; this one was left out.' },
} as const;

export type NoticesFailureCode = keyof typeof noticesFailures;

export class NoticesError extends Error {
  override readonly name = 'NoticesError';
  readonly code: NoticesFailureCode;
  /** True when the same notice may get through later. */
  readonly retry: boolean;

  constructor(
    code: NoticesFailureCode,
    options: { readonly detail?: string; readonly retry?: boolean; readonly cause?: unknown } = {},
  ) {
    const { meaning, retry } = noticesFailures[code];
    const { detail, cause } = options;
    super(
      detail === undefined ? meaning : `${meaning} (${detail})`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.retry = options.retry ?? retry;
  }
}
