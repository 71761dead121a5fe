// The arithmetic: does this key say that these bytes were signed?
//
// RSA costs about twenty microseconds here, less than handing it to another thread would.
import { createHash, verify } from 'node:crypto';
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

function mismatch(
  { keyType, signature }: SignedFields,
  { key }: KeyRecord,
  bytes: Buffer,
): Flaw | undefined {
  const isSigned =
    keyType === 'rsa'
      ? verify('sha256', bytes, key, signature)
      : // RFC 8463 §3: Ed25519 signs the SHA-256 of it.
        verify(undefined, createHash('sha256').update(bytes).digest(), key, signature);
  return isSigned ? undefined : { result: 'fail', problem: 'The signature does not fit.' };
}
