// A key as it is published (RFC 6376 §3.6.1, RFC 8463 §4), read with mistrust: anybody may publish anything.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { permanent, type Flaw, type KeyType } from './signature-fields.ts';
import { colonList, decodeBase64, parseTagList, withoutFolds, type Tags } from './tag-list.ts';

export interface KeyRecord {
  readonly keyType: KeyType;
  readonly key: KeyObject;
  readonly keyBits: number;
  /** t=y. */
  readonly isTesting: boolean;
  /** t=s: i= has to be in the domain itself. */
  readonly isForDomainOnly: boolean;
}

/** "other" is a text that says nothing about keys, such as an SPF record under a wildcard. */
export type ReadKeyRecord = KeyRecord | Flaw | 'other';

// RFC 8301 §3.2: 1024 to 4096 bits have to be understood. Larger ones would cost the receiver more than they give anybody.
const keyBitsMax = 8_192;
const publicExponentMax = 2n ** 64n;

/** The strings of one TXT record, put together. */
export function readKeyRecord(text: string): ReadKeyRecord {
  const tags = parseTagList(text);
  if (tags === undefined) {
    return /(?:^|[;\s])p\s{0,9}=/.test(text)
      ? permanent('The key record is not a list of tags.')
      : 'other';
  }
  const version = tags.get('v')?.value;
  // RFC 6376 §3.6.1: where there is a version it comes first, and it is this one.
  if (version !== undefined && (version !== 'DKIM1' || tags.keys().next().value !== 'v')) {
    return version === 'DKIM1' ? permanent('v= is not the first tag of the key record.') : 'other';
  }
  const published = tags.get('p')?.value;
  if (published === undefined) {
    return version === undefined ? 'other' : permanent('The key record has no p=.');
  }
  if (withoutFolds(published) === '') return permanent('The key has been revoked.');
  return useFlaw(tags) ?? readKey(tags, published);
}

/** RFC 6376 §6.1.2: hashes and services the key is good for. */
function useFlaw(tags: Tags): Flaw | undefined {
  const hashes = tags.get('h')?.value;
  if (hashes !== undefined && !colonList(hashes.toLowerCase()).includes('sha256')) {
    return permanent('The key is not for SHA-256.');
  }
  const services = colonList(tags.get('s')?.value.toLowerCase() ?? '*');
  if (services.includes('*') || services.includes('email')) return undefined;
  return permanent('The key is not for mail.');
}

function readKey(tags: Tags, published: string): KeyRecord | Flaw {
  const type = tags.get('k')?.value.toLowerCase() ?? 'rsa';
  if (type !== 'rsa' && type !== 'ed25519')
    return permanent('The type of the key is not known here.');
  const bytes = decodeBase64(published);
  if (bytes === undefined) return permanent('The key is not base64.');
  const key = type === 'rsa' ? rsaKey(bytes) : ed25519Key(bytes);
  if (key === undefined) return permanent(`The key is not one of ${type}.`);
  const flags = colonList(tags.get('t')?.value.toLowerCase() ?? '');
  return {
    keyType: type,
    key,
    keyBits: type === 'rsa' ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : 256,
    isTesting: flags.includes('y'),
    isForDomainOnly: flags.includes('s'),
  };
}

/** SubjectPublicKeyInfo, or PKCS #1 alone as RFC 6376 §3.6.1 has it in its ABNF. */
function rsaKey(bytes: Buffer): KeyObject | undefined {
  for (const type of ['spki', 'pkcs1'] as const) {
    const key = publicKey(bytes, type);
    // An exponent as long as the modulus would make checking as dear as signing.
    const exponent = key?.asymmetricKeyDetails?.publicExponent ?? 0n;
    if (key?.asymmetricKeyType === 'rsa' && exponent <= publicExponentMax) return key;
  }
  return undefined;
}

const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');

/** RFC 8463 §4.2: the 32 bytes alone. */
function ed25519Key(bytes: Buffer): KeyObject | undefined {
  return bytes.length === 32 ? publicKey(Buffer.concat([ed25519Prefix, bytes]), 'spki') : undefined;
}

function publicKey(bytes: Buffer, type: 'spki' | 'pkcs1'): KeyObject | undefined {
  try {
    return createPublicKey({ key: bytes, format: 'der', type });
  } catch {
    return undefined;
  }
}

/** RFC 8301 §3.2. Undefined: good enough. */
export function sizeFlaw({ keyType, keyBits }: KeyRecord): Flaw | undefined {
  if (keyType !== 'rsa' || (keyBits >= 1024 && keyBits <= keyBitsMax)) return undefined;
  const problem =
    keyBits < 1024
      ? `A key of ${keyBits} bits proves nothing.`
      : `A key of ${keyBits} bits is too large to be checked.`;
  return { result: 'policy', problem };
}
