// One key of a domain: its life, and the DNS record that publishes it.
//
//   coming   published, not used yet: the record has to be everywhere first
//   signing  in use
//   ended    not used any more, the record stays: signed mail is still on its way
//   retired  the record may go
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

export type DkimAlgorithm = 'rsa-sha256' | 'ed25519-sha256';

export interface DkimKey {
  readonly domain: string;
  readonly selector: string;
  readonly algorithm: DkimAlgorithm;
  readonly createdAtMs: number;
  readonly signsFromMs: number;
  /** Absent: until the next rotation. */
  readonly signsUntilMs?: number;
  readonly privateKey: KeyObject;
}

export type DkimKeyState = 'coming' | 'signing' | 'ended' | 'retired';

/** Pure; the clock is the caller's. */
export function stateOf(
  { signsFromMs, signsUntilMs }: Pick<DkimKey, 'signsFromMs' | 'signsUntilMs'>,
  { nowMs, keepRecordMs }: { readonly nowMs: number; readonly keepRecordMs: number },
): DkimKeyState {
  if (signsUntilMs !== undefined && nowMs >= signsUntilMs) {
    return nowMs >= signsUntilMs + keepRecordMs ? 'retired' : 'ended';
  }
  return nowMs >= signsFromMs ? 'signing' : 'coming';
}

export interface DkimRecord {
  /** Without a dot at the end. */
  readonly name: string;
  /** The whole text; DNS carries it in strings of at most 255 bytes. */
  readonly value: string;
}

/** RFC 6376 §3.6.1, RFC 8463 §4. */
export function recordOf(
  key: Pick<DkimKey, 'domain' | 'selector' | 'algorithm' | 'privateKey'>,
): DkimRecord {
  const type = key.algorithm === 'rsa-sha256' ? 'rsa' : 'ed25519';
  return {
    name: `${key.selector}._domainkey.${key.domain}`,
    value: `v=DKIM1; k=${type}; p=${publicPart(key)}`,
  };
}

/** The record as a line of a zone file (RFC 1035 §5.1): strings of at most 255 bytes (§3.3.14). */
export function zoneLine({ name, value }: DkimRecord): string {
  const strings = value.match(/.{1,255}/g) ?? [];
  return `${name}. IN TXT ( ${strings.map((text) => `"${text}"`).join(' ')} )`;
}

function publicPart({ algorithm, privateKey }: Pick<DkimKey, 'algorithm' | 'privateKey'>): string {
  const publicKey = createPublicKey(privateKey);
  if (algorithm === 'rsa-sha256') {
    return publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  }
  // RFC 8463 §4.2: the 32 bytes alone.
  return Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');
}

/** Reads a PEM and says which algorithm it is for; undefined for keys we do not sign with. */
export function readPrivateKey(
  pem: string,
): { readonly privateKey: KeyObject; readonly algorithm: DkimAlgorithm } | undefined {
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType === 'ed25519') {
    return { privateKey, algorithm: 'ed25519-sha256' };
  }
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
  // RFC 8301 §3.2: at least 1024, should be 2048; less than that protects nobody today.
  if (privateKey.asymmetricKeyType !== 'rsa' || bits < 2048) return undefined;
  return { privateKey, algorithm: 'rsa-sha256' };
}
