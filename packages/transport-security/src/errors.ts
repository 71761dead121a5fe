// Every way a destination can fail to be what it demands to be. `result` is the word of RFC 8460 §4.3 for it, so that what
// is counted can be reported to the destination one day.
export const transportSecurityFailures = {
  TLS_NAME_MISMATCH: {
    retry: true,
    result: 'certificate-host-mismatch',
    meaning: 'The certificate does not name the server.',
  },
  TLS_EXPIRED: {
    retry: true,
    result: 'certificate-expired',
    meaning: 'The certificate is out of its time.',
  },
  TLS_NOT_TRUSTED: {
    retry: true,
    result: 'certificate-not-trusted',
    meaning: 'The certificate does not chain to a root that is trusted here.',
  },
  TLSA_MISMATCH: {
    retry: true,
    result: 'validation-failure',
    meaning: 'No certificate of the server is one that its TLSA records name.',
  },
  STS_FETCH_FAILED: {
    retry: true,
    result: 'sts-policy-fetch-error',
    meaning: 'The MTA-STS policy could not be fetched.',
  },
  STS_WEB_CERTIFICATE: {
    retry: true,
    result: 'sts-webpki-invalid',
    meaning: 'The host of the MTA-STS policy has no valid certificate.',
  },
  STS_POLICY_INVALID: {
    retry: true,
    result: 'sts-policy-invalid',
    meaning: 'The MTA-STS policy is not one.',
  },
} as const;

export type TransportSecurityFailureCode = keyof typeof transportSecurityFailures;

export class TransportSecurityError extends Error {
  override readonly name = 'TransportSecurityError';
  readonly code: TransportSecurityFailureCode;

  constructor(
    code: TransportSecurityFailureCode,
    { detail, ...options }: ErrorOptions & { readonly detail?: string } = {},
  ) {
    const { meaning } = transportSecurityFailures[code];
    super(detail === undefined ? meaning : `${meaning.slice(0, -1)}: ${detail}`, options);
    this.code = code;
  }
}
