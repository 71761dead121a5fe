// Every way the spool can fail. packages/README.md lists the same codes; a test keeps them equal.
export const spoolFailures = {
  SPOOL_FULL: {
    retry: true,
    meaning: 'The spool is below its floor of free space or inodes; new mail must wait.',
  },
  SPOOL_NOT_DURABLE: {
    retry: true,
    meaning:
      'Writing to the disk or syncing it failed; nothing was accepted. Look at the cause and the disk.',
  },
  SPOOL_UNREADABLE: {
    retry: false,
    meaning: 'A stored message is damaged and was set aside in corrupt/.',
  },
  SPOOL_LOCKED: { retry: false, meaning: 'Another process works on this spool; stop it first.' },
  SPOOL_CLOSED: { retry: true, meaning: 'The spool is closing and takes nothing more.' },
  SPOOL_UNUSABLE: {
    retry: false,
    meaning:
      'The spool directory cannot be used; it must be a directory that this user may write to, without symbolic links inside.',
  },
} as const;

export type SpoolFailureCode = keyof typeof spoolFailures;

export interface SpoolErrorOptions extends ErrorOptions {
  /** What exactly, for the log: a path, an id, a process. */
  readonly detail?: string;
}

export class SpoolError extends Error {
  override readonly name = 'SpoolError';
  readonly code: SpoolFailureCode;

  constructor(code: SpoolFailureCode, options: SpoolErrorOptions = {}) {
    const { detail, ...rest } = options;
    super(
      detail === undefined
        ? spoolFailures[code].meaning
        : `${spoolFailures[code].meaning} (${detail})`,
      rest,
    );
    this.code = code;
  }
}
