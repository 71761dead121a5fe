// Every way the cluster's certificates can be wrong, each with the command that mends it.
export const pkiFailures = {
  CA_MISSING: { retry: false, meaning: 'The cluster has no certificate authority yet.' },
  CA_KEY_MISSING: {
    retry: false,
    meaning:
      'The key of the certificate authority is not here; only with it can certificates be made.',
  },
  CERTIFICATE_MISSING: { retry: false, meaning: 'The certificate of the site is not here.' },
  CERTIFICATE_EXPIRED: { retry: false, meaning: 'A certificate has expired.' },
  CERTIFICATE_NOT_YET_VALID: {
    retry: false,
    meaning: 'A certificate is not valid yet; is the clock right?',
  },
  CERTIFICATE_FOREIGN: {
    retry: false,
    meaning: 'The certificate of the site was not made by this certificate authority.',
  },
  CERTIFICATE_UNREADABLE: { retry: false, meaning: 'A file of the certificates cannot be read.' },
  KEY_MISMATCH: { retry: false, meaning: 'Key and certificate do not belong together.' },
} as const;

export type PkiFailureCode = keyof typeof pkiFailures;

export class PkiError extends Error {
  override readonly name = 'PkiError';
  readonly code: PkiFailureCode;
  readonly file: string;
  /** What to do about it, as a sentence. */
  readonly remedy: string;

  constructor(
    code: PkiFailureCode,
    about: { readonly file: string; readonly remedy: string },
    options?: ErrorOptions,
  ) {
    super(`${pkiFailures[code].meaning} (${about.file}) ${about.remedy}`, options);
    this.code = code;
    this.file = about.file;
    this.remedy = about.remedy;
  }
}
