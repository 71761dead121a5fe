// Every way a list of recipients can fail. Whoever asks about a person never sees these: no list is an answer.
export const recipientsFailures = {
  MIRROR_DAMAGED: {
    retry: false,
    meaning: 'The mirror on disk is damaged and was set aside; the home is asked for a new one.',
  },
  MIRROR_NOT_SAVED: {
    retry: true,
    meaning: 'The mirror could not be written to disk; it is answered from memory.',
  },
  SNAPSHOT_INVALID: {
    retry: false,
    meaning: 'The snapshot the home sent does not have the right shape.',
  },
  SNAPSHOT_OF_ANOTHER_SITE: {
    retry: false,
    meaning: 'The snapshot was made by another site than the one that was asked.',
  },
  SNAPSHOT_WENT_BACK: {
    retry: false,
    meaning: 'The snapshot is older than the one that is here, of the same database.',
  },
  RECIPIENTS_FILE_UNUSABLE: {
    retry: false,
    meaning: 'The recipients file cannot be used; the last good one stands.',
  },
} as const;

export type RecipientsFailureCode = keyof typeof recipientsFailures;

export class RecipientsError extends Error {
  override readonly name = 'RecipientsError';
  readonly code: RecipientsFailureCode;

  constructor(
    code: RecipientsFailureCode,
    { about, cause }: { readonly about?: string; readonly cause?: unknown } = {},
  ) {
    const { meaning } = recipientsFailures[code];
    super(
      about === undefined ? meaning : `${meaning} (${about})`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
  }
}
