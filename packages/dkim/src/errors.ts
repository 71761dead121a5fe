// Every way keys can fail as an operation. That a domain has no key is an answer, not one of these.
export const dkimFailures = {
  DKIM_KEYS_MISSING: { retry: false, meaning: 'The domain has no DKIM keys here.' },
  DKIM_KEY_UNREADABLE: {
    retry: false,
    meaning: 'A DKIM key file cannot be read or is not a key.',
  },
  DKIM_KEY_DIFFERS: {
    retry: false,
    meaning: 'There is another key under this selector already; nothing was overwritten.',
  },
  DKIM_IMPORT_INVALID: {
    retry: false,
    meaning: 'The text is not what "restante dkim export" writes.',
  },
} as const;

export type DkimFailureCode = keyof typeof dkimFailures;

export class DkimError extends Error {
  override readonly name = 'DkimError';
  readonly code: DkimFailureCode;
  /** True when the same request may succeed later without anybody doing anything. */
  readonly retry: boolean;

  constructor(
    code: DkimFailureCode,
    { about, cause }: { readonly about?: string; readonly cause?: unknown } = {},
  ) {
    const { meaning, retry } = dkimFailures[code];
    super(
      about === undefined ? meaning : `${meaning} (${about})`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.retry = retry;
  }
}
