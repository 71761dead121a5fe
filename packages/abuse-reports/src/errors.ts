// Every way the kept reports can fail. A report that cannot be read is an answer, not one of these.
export const abuseReportsFailures = {
  REPORTS_UNREADABLE: {
    retry: false,
    meaning: 'The file with the counts of reports is damaged or cannot be opened.',
  },
  REPORTS_TOO_NEW: {
    retry: false,
    meaning: 'The counts of reports were written by a newer version of this program.',
  },
} as const;

export type AbuseReportsFailureCode = keyof typeof abuseReportsFailures;

export class AbuseReportsError extends Error {
  override readonly name = 'AbuseReportsError';
  readonly code: AbuseReportsFailureCode;
  /** True when the same request may succeed later without anybody doing anything. */
  readonly retry: boolean;

  constructor(
    code: AbuseReportsFailureCode,
    { about, cause }: { readonly about?: string; readonly cause?: unknown } = {},
  ) {
    const { meaning, retry } = abuseReportsFailures[code];
    super(
      about === undefined ? meaning : `${meaning} (${about})`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.retry = retry;
  }
}
