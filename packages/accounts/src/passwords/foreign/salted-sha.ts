// {SSHA}, {SSHA256}, {SSHA512}: a digest of password and salt, the salt behind it. Without the second S: without salt.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ForeignHash } from './foreign-hash.ts';

const kinds: Readonly<Record<string, { readonly algorithm: string; readonly bytes: number }>> = {
  SHA: { algorithm: 'sha1', bytes: 20 },
  SHA1: { algorithm: 'sha1', bytes: 20 },
  SHA256: { algorithm: 'sha256', bytes: 32 },
  SHA512: { algorithm: 'sha512', bytes: 64 },
};
const saltMaxBytes = 64;

export function saltedSha(
  scheme: string,
  text: string,
  encoding: string | undefined,
): ForeignHash | undefined {
  const isSalted = scheme.startsWith('SSHA');
  const kind = kinds[isSalted ? scheme.slice(1) : scheme];
  const bytes = decoded(text, encoding);
  if (kind === undefined || bytes === undefined) return undefined;
  const digest = bytes.subarray(0, kind.bytes);
  const salt = bytes.subarray(kind.bytes);
  if (digest.length !== kind.bytes || salt.length > 0 !== isSalted || salt.length > saltMaxBytes)
    return undefined;
  return {
    matches: async (password) =>
      timingSafeEqual(createHash(kind.algorithm).update(password).update(salt).digest(), digest),
  };
}

function decoded(text: string, encoding: string | undefined): Buffer | undefined {
  if (encoding === 'hex')
    return /^([0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : undefined;
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
