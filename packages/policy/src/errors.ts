// Every way policy can fail as an operation. Judging itself never does: what could not be found out is a verdict with that reason.
export const policyFailures = {
  ENTRY_INVALID: { retry: false, meaning: 'That cannot stand in a list.' },
  LISTS_FULL: { retry: false, meaning: 'The lists have as many entries as they may have.' },
  LISTS_NOT_SAVED: { retry: true, meaning: 'The disk did not confirm a change of the lists.' },
  LISTS_UNREADABLE: { retry: false, meaning: 'The file of the lists cannot be read.' },
} as const;

export type PolicyFailureCode = keyof typeof policyFailures;

export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly code: PolicyFailureCode;

  /** `about` is one more sentence: what exactly was wrong. */
  constructor(
    code: PolicyFailureCode,
    { about, cause }: { readonly about?: string; readonly cause?: unknown } = {},
  ) {
    const { meaning } = policyFailures[code];
    super(
      about === undefined ? meaning : `${meaning} ${about}`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
  }
}
