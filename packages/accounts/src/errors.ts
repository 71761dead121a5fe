// Every way the account book can fail.
export const accountsFailures = {
  ADDRESS_INVALID: { retry: false, meaning: 'The address is not valid.' },
  ACCOUNT_EXISTS: { retry: false, meaning: 'There is an account with this address already.' },
  ACCOUNT_UNKNOWN: { retry: false, meaning: 'There is no account with this address.' },
  ALIAS_LOOP: { retry: false, meaning: 'The alias would lead back to itself and to nobody.' },
  ALIAS_EMPTY: { retry: false, meaning: 'An alias needs at least one target.' },
  PASSWORD_UNFIT: {
    retry: false,
    meaning: 'A password has between 1 and 1024 bytes and no control characters.',
  },
  PASSWORD_HASH_UNFIT: {
    retry: false,
    meaning: 'The password hash is of no scheme that can be checked here, or it is damaged.',
  },
  APP_PASSWORD_UNFIT: {
    retry: false,
    meaning:
      'An app password needs a label of 1 to 100 characters and a scope; 100 of them are enough.',
  },
  PASSWORD_QUEUE_FULL: { retry: true, meaning: 'Too many passwords are being checked at once.' },
  ACCOUNTS_UNREADABLE: { retry: false, meaning: 'accounts.sqlite cannot be opened or is damaged.' },
  ACCOUNTS_TOO_NEW: { retry: false, meaning: 'accounts.sqlite was written by a newer version.' },
} as const;

export type AccountsFailureCode = keyof typeof accountsFailures;

export class AccountsError extends Error {
  override readonly name = 'AccountsError';
  readonly code: AccountsFailureCode;
  /** True when the same request may succeed later without anybody doing anything. */
  readonly retry: boolean;

  constructor(
    code: AccountsFailureCode,
    { about, cause }: { readonly about?: string; readonly cause?: unknown } = {},
  ) {
    const { meaning, retry } = accountsFailures[code];
    super(
      about === undefined ? meaning : `${meaning} (${about})`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.retry = retry;
  }
}
