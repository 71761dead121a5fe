// Is the server whom its TLSA records name? (RFC 7672 §3.1.1 and §3.1.2.)
//
//   DANE-EE(3)   the server's own certificate or key is named: nothing else is asked, no name, no time, no chain
//   DANE-TA(2)   an issuer is named that the server showed: the way from it to the server's certificate must hold, all of it be
//                within its time, and the certificate name the server
import type { X509Certificate } from 'node:crypto';
import type { ShownCertificates } from '@restante/smtp';
import { TransportSecurityError } from '../errors.ts';
import { isMatch, usage, withStrongestDigests } from './tlsa-match.ts';
import type { Tlsa } from './tlsa-match.ts';

export interface DaneDemand {
  readonly records: readonly Tlsa[];
  /** RFC 7672 §3.2.2: names one of which a certificate under DANE-TA must have. */
  readonly names: readonly string[];
  readonly nowMs: number;
}

export function judgeDane(
  { chain }: ShownCertificates,
  { records, names, nowMs }: DaneDemand,
): TransportSecurityError | undefined {
  const [leaf] = chain;
  if (leaf === undefined)
    return new TransportSecurityError('TLSA_MISMATCH', { detail: 'none was shown' });
  const counting = withStrongestDigests(records);
  const matchesAny = (certificate: X509Certificate, certUsage: number) =>
    counting.some((record) => record.certUsage === certUsage && isMatch(certificate, record));
  if (matchesAny(leaf, usage.endEntity)) return undefined;

  // The anchor stands above the server's own certificate, never in its place.
  const whole = wayUp(chain);
  const anchorAt = whole.findIndex((each, at) => at > 0 && matchesAny(each, usage.trustAnchor));
  if (anchorAt < 0) {
    return new TransportSecurityError('TLSA_MISMATCH', {
      detail: `${records.length} records, certificate ${leaf.fingerprint256.slice(0, 23)}...`,
    });
  }
  const way = whole.slice(0, anchorAt + 1);
  if (way.some((each) => !isInItsTime(each, nowMs))) {
    return new TransportSecurityError('TLS_EXPIRED', { detail: `${leaf.validTo}` });
  }
  if (names.some((name) => leaf.checkHost(name) !== undefined)) return undefined;
  return new TransportSecurityError('TLS_NAME_MISMATCH', {
    detail: `it is for ${(leaf.subjectAltName ?? leaf.subject).slice(0, 200)}, not for ${names.join(' or ')}`,
  });
}

/** The server's certificate and above it its issuers, as far as each signed the one below it. */
function wayUp(chain: readonly X509Certificate[]): readonly X509Certificate[] {
  const way: X509Certificate[] = [];
  for (const certificate of chain) {
    const below = way.at(-1);
    const holds =
      below === undefined ||
      (certificate.ca && below.checkIssued(certificate) && below.verify(certificate.publicKey));
    if (!holds) break;
    way.push(certificate);
  }
  return way;
}

function isInItsTime({ validFromDate, validToDate }: X509Certificate, nowMs: number): boolean {
  return validFromDate.getTime() <= nowMs && nowMs <= validToDate.getTime();
}
