// The rules of the web's certificates for mail servers: a chain to a root we trust, within its time, and one of the names in
// the certificate's alternative names. A common name is no name (RFC 8461 §4.2 asks for DNS-ID).
import type { ShownCertificates } from '@restante/smtp';
import { TransportSecurityError } from './errors.ts';

/** Undefined: fine. A name that begins with a dot stands for everything below it. */
export function judgeNames(
  { chain, isTrusted, problem = '' }: ShownCertificates,
  names: readonly string[],
): TransportSecurityError | undefined {
  const [leaf] = chain;
  if (leaf === undefined || !isTrusted) {
    return problem.includes('EXPIRED') || problem.includes('NOT_YET_VALID')
      ? new TransportSecurityError('TLS_EXPIRED', { detail: problem })
      : new TransportSecurityError('TLS_NOT_TRUSTED', { detail: problem || 'none was shown' });
  }
  // OpenSSL reads ".example.org" as "anything below it".
  const isNamed = names.some((name) => leaf.checkHost(name, { subject: 'never' }) !== undefined);
  if (isNamed) return undefined;
  const has = (leaf.subjectAltName ?? 'no alternative name').slice(0, 200);
  return new TransportSecurityError('TLS_NAME_MISMATCH', {
    detail: `it is for ${has}, not for ${names.join(' or ')}`,
  });
}
