// The account at the authority: its key, and the URL the authority knows it by (RFC 8555 §7.3).
//
// The key is made once and kept; losing it loses nothing but the authority's memory of us. Asking for an account with a key
// the authority knows gives the same account again, so nothing else has to be remembered.
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '@restante/runtime';
import type { Secret } from '@restante/runtime';
import type { JWK } from 'jose';
import { CertificatesError } from '../errors.ts';
import type { AcmeKey, AcmeWire } from './acme-wire.ts';

/** Some authorities want to know which customer an account belongs to (RFC 8555 §7.3.4). */
export interface ExternalAccount {
  readonly keyId: string;
  /** base64url, as the authority gives it. */
  readonly hmacKey: Secret;
}

export async function openAccountKey(dir: string): Promise<AcmeKey> {
  const path = join(dir, 'account.key');
  try {
    return keyFrom(await readFile(path, 'utf8'));
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'))
      throw new CertificatesError('ACME_STATE_UNREADABLE', { about: path, cause });
  }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await writeFileDurably(path, pem);
  return keyFrom(pem);
}

/** RFC 8555 §8.1: what proves, behind a token, that it is us who answer. */
export async function thumbprintOf({ publicJwk }: AcmeKey): Promise<string> {
  // Loaded when it is needed: most sites never order, and a node should be small.
  const { calculateJwkThumbprint } = await import('jose');
  return calculateJwkThumbprint(publicJwk, 'sha256');
}

export async function registerAccount(
  wire: AcmeWire,
  { newAccountUrl, key, contacts, externalAccount }: Registration,
): Promise<string> {
  const { location } = await wire.post(newAccountUrl, {
    termsOfServiceAgreed: true,
    ...(contacts.length === 0 ? {} : { contact: contacts.map((each) => `mailto:${each}`) }),
    ...(externalAccount === undefined
      ? {}
      : { externalAccountBinding: bind(externalAccount, key.publicJwk, newAccountUrl) }),
  });
  if (location === undefined)
    throw new CertificatesError('ACME_BAD_ANSWER', { about: 'an account without a location' });
  return location;
}

export interface Registration {
  readonly newAccountUrl: string;
  readonly key: AcmeKey;
  readonly contacts: readonly string[];
  readonly externalAccount?: ExternalAccount;
}

function keyFrom(pem: string): AcmeKey {
  const privateKey = createPrivateKey(pem);
  return {
    privateKey,
    publicJwk: createPublicKey(privateKey).export({ format: 'jwk' }) as JWK,
  };
}

/** RFC 8555 §7.3.4: our public key, signed with the customer's secret. Signed here, because keys shorter than the hash are in use. */
function bind({ keyId, hmacKey }: ExternalAccount, publicJwk: JWK, url: string): object {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = encode({ alg: 'HS256', kid: keyId, url });
  const payload = encode(publicJwk);
  const signature = createHmac('sha256', Buffer.from(hmacKey.reveal(), 'base64url'))
    .update(`${head}.${payload}`)
    .digest('base64url');
  return { protected: head, payload, signature };
}
