// The arithmetic: does this key say that these bytes were signed?
//
// RSA costs twenty microseconds here, half of what handing it to another thread would.
import { createHash, verify, type KeyObject } from 'node:crypto';
import { sizeFlaw, type KeyRecord } from './key-record.ts';
import type { FoundKeys } from './key-finder.ts';
import type { Flaw, SignedFields } from './signature-fields.ts';

export interface Checked {
  /** Of the key that fits, or of the first that was tried. */
  readonly record?: KeyRecord;
  readonly flaw?: Flaw;
}

/** Tries the keys in turn (RFC 6376 §6.1.2); `input` is the signed text, one character a byte. */
export function checkSignature(signed: SignedFields, keys: FoundKeys, input: string): Checked {
  if ('problem' in keys) return { flaw: keys };
  const bytes = Buffer.from(input, 'latin1');
  let first: Checked | undefined;
  for (const record of keys) {
    const flaw = sizeFlaw(record) ?? mismatch(signed, record, bytes);
    if (flaw === undefined) return { record };
    first ??= { record, flaw };
  }
  return first ?? {};
}

function mismatch(signed: SignedFields, { key }: KeyRecord, bytes: Buffer): Flaw | undefined {
  return isSigned(signed, key, bytes)
    ? undefined
    : { result: 'fail', problem: 'The signature does not fit.' };
}

function isSigned({ keyType, signature }: SignedFields, key: KeyObject, bytes: Buffer): boolean {
  try {
    // RFC 8463 §3: Ed25519 signs the SHA-256 of it.
    return keyType === 'rsa'
      ? verify('sha256', bytes, key, signature)
      : verify(undefined, createHash('sha256').update(bytes).digest(), key, signature);
  } catch {
    // A key that arithmetic cannot be done with, made by somebody to see what happens: nothing fits it.
    return false;
  }
}
