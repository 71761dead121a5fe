// Every way asking a scanner can fail. None of them leaves this package as an exception: scan() puts the sentence into
// `failed`, teach() into its event.
export const scannersFailures = {
  SCANNER_UNREACHABLE: { retry: true, meaning: 'The scanner could not be reached.' },
  SCANNER_TOO_SLOW: { retry: true, meaning: 'The scanner did not answer within its budget.' },
  SCANNER_BUSY: {
    retry: true,
    meaning: 'As many questions as allowed were waiting for the scanner already.',
  },
  SCANNER_LEFT_ALONE: {
    retry: true,
    meaning: 'The scanner failed several times in a row and is left alone for a while.',
  },
  SCANNER_REFUSED: { retry: true, meaning: 'The scanner answered that it failed.' },
  SCANNER_BAD_ANSWER: {
    retry: true,
    meaning: 'The scanner answered something that cannot be understood.',
  },
  SCANNER_TOO_LARGE: {
    retry: false,
    meaning: 'The message is larger than what the scanner is asked about, or looks into.',
  },
  SCANNER_SKIPPED: {
    retry: false,
    meaning: 'The scanner is set up not to look at this message.',
  },
  SCANNER_BODY_UNREADABLE: {
    retry: true,
    meaning: 'The message could not be read while it was shown to the scanner.',
  },
} as const;

export type ScannersFailureCode = keyof typeof scannersFailures;

export class ScannersError extends Error {
  override readonly name = 'ScannersError';
  readonly code: ScannersFailureCode;
  /** True when asking the same again may help. */
  readonly retry: boolean;

  constructor(
    code: ScannersFailureCode,
    { about, cause }: { readonly about?: string; readonly cause?: unknown } = {},
  ) {
    const { meaning, retry } = scannersFailures[code];
    super(
      about === undefined ? meaning : `${meaning} (${about})`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.retry = retry;
  }
}
