// Every way the mailbox store can fail. The answers a caller must expect (no such account, over quota) are values, not these.
export const mailboxStoreFailures = {
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
