// Every way the mailbox store can fail. The answers a caller must expect (no such account, over quota) are values, not these.
export const mailboxStoreFailures = {
  ADDRESS_INVALID: { retry: false, meaning: 'The address is not valid.' },
  ACCOUNT_EXISTS: { retry: false, meaning: 'There is an account with this address already.' },
  ACCOUNT_UNKNOWN: { retry: false, meaning: 'There is no account with this address.' },
  ALIAS_LOOP: { retry: false, meaning: 'The alias would lead back to itself and to nobody.' },
  ALIAS_EMPTY: { retry: false, meaning: 'An alias needs at least one target.' },
  PASSWORD_UNFIT: { retry: false, meaning: 'A password has between 1 and 1024 bytes.' },
  PASSWORD_HASH_UNFIT: {
    retry: false,
    meaning: 'The password hash is not argon2id in PHC format.',
  },
  PASSWORD_QUEUE_FULL: { retry: true, meaning: 'Too many passwords are being checked at once.' },
  ACCOUNTS_UNREADABLE: { retry: false, meaning: 'accounts.sqlite cannot be opened or is damaged.' },
  ACCOUNTS_TOO_NEW: { retry: false, meaning: 'accounts.sqlite was written by a newer version.' },
  MAILBOX_LOCKED: {
    retry: true,
    meaning: 'Another program holds dovecot-uidlist.lock for too long.',
  },
  MAILBOX_UNSAFE: {
    retry: false,
    meaning: 'Something that is not a directory stands in the path of a mailbox.',
  },
  MAILBOX_NOT_DURABLE: {
    retry: true,
    meaning: 'The disk did not confirm a write; the message was not stored.',
  },
  MAILBOX_WRITE_FAILED: {
    retry: true,
    meaning: 'The message could not be written to the mailbox.',
  },
  MAILBOX_UIDS_EXHAUSTED: {
    retry: false,
    meaning: 'The mailbox has used its last UID; its UID list must be made anew.',
  },
  BODY_CUT: {
    retry: true,
    meaning: 'The body ended before or after the length that was announced.',
  },
  STORE_CLOSED: { retry: true, meaning: 'The mailbox store is closed.' },
} as const;

export type MailboxStoreFailureCode = keyof typeof mailboxStoreFailures;

export class MailboxStoreError extends Error {
  override readonly name = 'MailboxStoreError';
  readonly code: MailboxStoreFailureCode;
  /** True when the same request may succeed later without anybody doing anything. */
  readonly retry: boolean;

  constructor(
    code: MailboxStoreFailureCode,
    { about, cause }: { readonly about?: string; readonly cause?: unknown } = {},
  ) {
    const { meaning, retry } = mailboxStoreFailures[code];
    super(
      about === undefined ? meaning : `${meaning} (${about})`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.retry = retry;
  }
}
