// From a password to what a server keeps of it for SCRAM (RFC 5802 §3). Whoever steals it can guess, but cannot log in.
import { createHmac, hash, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { saslPrep } from '../sasl-prep.ts';
import type { ScramKeys } from '../sasl-server.ts';

const pbkdf2Async = promisify(pbkdf2);

/** Undefined for a password that SASLprep prohibits: no client can send it. */
export async function deriveScramKeys(
  password: string,
  salt: Buffer,
  iterations: number,
): Promise<ScramKeys | undefined> {
  const prepared = saslPrep(password);
  if (prepared === undefined) return undefined;
  const salted = await pbkdf2Async(prepared, salt, iterations, 32, 'sha256');
  return scramKeysOf(salted, { salt, iterations });
}

/** RFC 5802 §3: ClientKey, StoredKey and ServerKey of a SaltedPassword. */
export function scramKeysOf(
  saltedPassword: Buffer,
  { salt, iterations }: { readonly salt: Buffer; readonly iterations: number },
): ScramKeys {
  const storedKey = sha256(hmac(saltedPassword, 'Client Key'));
  return { salt, iterations, storedKey, serverKey: hmac(saltedPassword, 'Server Key') };
}

export function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

export function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer');
}
