// Every way getting or using a certificate can fail as an operation.
export const certificatesFailures = {
  CERTIFICATE_UNUSABLE: {
    retry: false,
    meaning: 'The certificate or its key cannot be used.',
  },
  ACME_UNREACHABLE: { retry: true, meaning: 'The certificate authority does not answer.' },
  ACME_BAD_ANSWER: {
    retry: true,
    meaning: 'The certificate authority answered something that is not ACME.',
  },
  ACME_REFUSED: { retry: true, meaning: 'The certificate authority refused.' },
  ACME_NAME_NOT_VALIDATED: {
    retry: true,
    meaning: 'The certificate authority could not validate a name.',
  },
  ACME_TOO_SLOW: {
    retry: true,
    meaning: 'The certificate authority did not finish the order in time.',
  },
  ACME_STATE_UNREADABLE: {
    retry: false,
    meaning: 'A file of the ACME account cannot be read; move it away to begin anew.',
  },
} as const;

export type CertificatesFailureCode = keyof typeof certificatesFailures;

export interface CertificatesErrorOptions {
  readonly about?: string;
  readonly cause?: unknown;
  /** Names that could not be validated. */
  readonly names?: readonly string[];
  /** What the authority asked us to wait. */
  readonly retryAfterMs?: number;
}

export class CertificatesError extends Error {
  override readonly name = 'CertificatesError';
  readonly code: CertificatesFailureCode;
  readonly names: readonly string[];
  readonly retryAfterMs: number | undefined;

  constructor(
    code: CertificatesFailureCode,
    { about, cause, names = [], retryAfterMs }: CertificatesErrorOptions = {},
  ) {
    const { meaning } = certificatesFailures[code];
    super(
      about === undefined ? meaning : `${meaning} (${about})`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.names = names;
    this.retryAfterMs = retryAfterMs;
  }
}
