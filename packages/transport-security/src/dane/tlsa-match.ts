// One TLSA record against one certificate (RFC 6698 §2.1), and which records mean anything to SMTP (RFC 7672 §3.1). Pure.
import { hash, timingSafeEqual } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import type { RecordOf } from '@restante/dns';

export type Tlsa = RecordOf['TLSA'];

export const usage = { trustAnchor: 2, endEntity: 3 } as const;

/** RFC 7672 §3.1.3: PKIX-TA(0) and PKIX-EE(1) say nothing in SMTP; what is unknown or cut short says nothing anywhere. */
export function isUsable({ certUsage, selector, match, data }: Tlsa): boolean {
  if (certUsage !== usage.trustAnchor && certUsage !== usage.endEntity) return false;
  if (selector !== 0 && selector !== 1) return false;
  if (match === 1) return data.byteLength === 32;
  return match === 2 ? data.byteLength === 64 : match === 0 && data.byteLength > 0;
}

/** RFC 7671 §9: where a usage and selector have both digests, only the stronger one counts. */
export function withStrongestDigests(records: readonly Tlsa[]): readonly Tlsa[] {
  return records.filter(
    ({ certUsage, selector, match }) =>
      match !== 1 ||
      !records.some(
        (other) =>
          other.match === 2 && other.certUsage === certUsage && other.selector === selector,
      ),
  );
}

export function isMatch(certificate: X509Certificate, { selector, match, data }: Tlsa): boolean {
  const selected =
    selector === 0
      ? certificate.raw
      : certificate.publicKey.export({ type: 'spki', format: 'der' });
  const told = Buffer.from(data);
  const shown =
    match === 0 ? selected : hash(match === 1 ? 'sha256' : 'sha512', selected, 'buffer');
  return shown.length === told.length && timingSafeEqual(shown, told);
}
