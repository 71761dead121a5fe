// Says whether a key and a chain can be shown to the world: everything is parsed and matched before anybody connects.
//
// An expired pair is an answer of its own: better shown than nothing at a start, never worth replacing a good one.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { KeyAndChain } from './certificate-source.ts';

export interface CheckedPair extends KeyAndChain {
  readonly beginsAtMs: number;
  readonly expiresAtMs: number;
  readonly names: readonly string[];
}

export type PairAnswer =
  | { readonly kind: 'good'; readonly pair: CheckedPair }
  /** Over, or not begun by our clock. */
  | { readonly kind: 'out-of-time'; readonly pair: CheckedPair; readonly problem: string }
  | { readonly kind: 'unusable'; readonly problem: string };

export function checkPair({ key, cert }: KeyAndChain, nowMs: number): PairAnswer {
  const blocks = cert.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const [first] = blocks;
  if (first === undefined)
    return { kind: 'unusable', problem: 'there is no PEM certificate in it' };
  try {
    const leaf = new X509Certificate(first);
    // The rest of the chain is sent as it is; what does not parse would end every handshake.
    for (const block of blocks.slice(1)) new X509Certificate(block);
    if (!leaf.checkPrivateKey(createPrivateKey(key)))
      return { kind: 'unusable', problem: 'the key is not the one of the certificate' };
    createSecureContext({ key, cert }); // The last word has TLS: it refuses small keys and old hashes.
    return inTime(leaf, { key, cert }, nowMs);
  } catch (cause) {
    return { kind: 'unusable', problem: cause instanceof Error ? cause.message : String(cause) };
  }
}

function inTime(leaf: X509Certificate, { key, cert }: KeyAndChain, nowMs: number): PairAnswer {
  const pair: CheckedPair = {
    key,
    cert,
    beginsAtMs: leaf.validFromDate.getTime(),
    expiresAtMs: leaf.validToDate.getTime(),
    names: namesOf(leaf),
  };
  if (pair.expiresAtMs <= nowMs)
    return { kind: 'out-of-time', pair, problem: `it ended ${leaf.validToDate.toISOString()}` };
  if (pair.beginsAtMs > nowMs)
    return { kind: 'out-of-time', pair, problem: `it begins ${leaf.validFromDate.toISOString()}` };
  return { kind: 'good', pair };
}

/** RFC 6125 §6.4.4: only subjectAltName counts, the common name does not. */
function namesOf(leaf: X509Certificate): readonly string[] {
  return (leaf.subjectAltName ?? '')
    .split(', ')
    .filter((each) => /^(DNS|IP Address):/.test(each))
    .map((each) => each.replace(/^(DNS|IP Address):/, '').toLowerCase());
}
