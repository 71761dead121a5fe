// Every way a whole transfer can fail. One bad message is a line in the report, not one of these.
export const transferFailures = {
  SOURCE_UNREADABLE: { retry: false, meaning: 'What should be imported cannot be read.' },
  SOURCE_UNREACHABLE: { retry: true, meaning: 'The other mail server does not answer.' },
  SOURCE_LOGIN_REFUSED: { retry: false, meaning: 'The other mail server refused the login.' },
  SOURCE_NOT_TRUSTED: {
    retry: false,
    meaning: 'The certificate of the other mail server is not one the world vouches for.',
  },
  TARGET_UNWRITABLE: { retry: false, meaning: 'The export cannot be written there.' },
  PLACE_INVALID: { retry: false, meaning: 'That is no place for mail.' },
} as const;

export type TransferFailureCode = keyof typeof transferFailures;

export class TransferError extends Error {
  override readonly name = 'TransferError';
  readonly code: TransferFailureCode;

  constructor(
    code: TransferFailureCode,
    { about, cause }: { readonly about?: string; readonly cause?: unknown } = {},
  ) {
    const { meaning } = transferFailures[code];
    super(
      about === undefined ? meaning : `${meaning} (${about})`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
  }
}
