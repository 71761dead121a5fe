// A pair that never changes: the cluster's own certificate, as the quickstart and a site before its first order show it.
import { createCertificateHolder } from './certificate-holder.ts';
import type { CertificateSource, KeyAndChain } from './certificate-source.ts';
import { checkPair } from './check-pair.ts';
import type { CheckedPair } from './check-pair.ts';
import { CertificatesError } from './errors.ts';

/** Throws CERTIFICATE_UNUSABLE for a pair that TLS would not take; being out of time is the caller's business. */
export function fixedCertificate(pair: KeyAndChain, nowMs: number): CertificateSource {
  const holder = createCertificateHolder(usable(pair, nowMs, 'the given pair'));
  return Object.assign(holder.source, {
    [Symbol.asyncDispose]: async () => undefined,
  });
}

export function usable(pair: KeyAndChain, nowMs: number, about: string): CheckedPair {
  const answer = checkPair(pair, nowMs);
  if (answer.kind === 'unusable')
    throw new CertificatesError('CERTIFICATE_UNUSABLE', { about: `${about}: ${answer.problem}` });
  return answer.pair;
}
