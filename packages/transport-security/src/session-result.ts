// What became of a session, in the words of RFC 8460 §4.3: a small closed set that may be a metric's label.
import { SmtpConnectionError } from '@restante/smtp';
import { TransportSecurityError, transportSecurityFailures } from './errors.ts';
import type { TlsDemand } from './transport-security.ts';

export type SessionResult =
  | 'successful'
  | 'starttls-not-supported'
  | 'dnssec-invalid'
  | (typeof transportSecurityFailures)[keyof typeof transportSecurityFailures]['result'];

/** Undefined: the session failed for a reason that has nothing to do with TLS. */
export function sessionResult(demand: TlsDemand, failure: unknown): SessionResult | undefined {
  if (demand.kind === 'avoid') {
    if (demand.by === 'dane') return 'dnssec-invalid';
    // RFC 8461 §4.1: a server the policy does not name.
    return 'validation-failure';
  }
  if (failure === undefined) return 'successful';
  if (!(failure instanceof SmtpConnectionError)) return undefined;
  if (failure.code === 'SMTP_TLS_NOT_OFFERED') return 'starttls-not-supported';
  if (failure.code !== 'SMTP_TLS_FAILED') return undefined;
  const { cause } = failure;
  return cause instanceof TransportSecurityError
    ? transportSecurityFailures[cause.code].result
    : 'validation-failure';
}
