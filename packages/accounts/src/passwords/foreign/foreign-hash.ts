// Password hashes as other servers keep them, Dovecot's notation: {SCHEME}hash, or a crypt string without a scheme.
//
// They are only ever checked; at the owner's next login the password is hashed anew. Costs are bounded, because whoever
// may bring a hash along must not be able to make a login take a minute.
import { bcryptHash } from './bcrypt-hash.ts';
import { dovecotPbkdf2 } from './dovecot-pbkdf2.ts';
import { saltedSha } from './salted-sha.ts';
import { scramHash } from './scram-hash.ts';
import { shaCrypt } from './sha-crypt.ts';
import type { ScramKeys } from '@restante/sasl';

export interface ForeignHash {
  matches(password: string): Promise<boolean>;
  /** Where the hash is made of SCRAM keys: these work at once. */
  readonly scram?: ScramKeys;
}

type Reader = (hash: string) => ForeignHash | undefined;

const crypt: Reader = (hash) => shaCrypt(hash) ?? bcryptHash(hash);

const readers: Readonly<Record<string, Reader>> = {
  CRYPT: crypt,
  'SHA256-CRYPT': shaCrypt,
  'SHA512-CRYPT': shaCrypt,
  'BLF-CRYPT': bcryptHash,
  PBKDF2: dovecotPbkdf2,
  'SCRAM-SHA-256': scramHash,
};

/** What can be brought along, for messages to people. {PLAIN} and {CLEARTEXT} are hashed when they arrive. */
export const foreignSchemes: readonly string[] = [
  'ARGON2ID',
  'ARGON2I',
  ...Object.keys(readers),
  'SSHA',
  'SSHA256',
  'SSHA512',
  'SHA',
  'SHA256',
  'SHA512',
  'PLAIN',
  'CLEARTEXT',
];

const shape = /^\{([A-Za-z0-9-]{2,20})(?:\.(b64|base64|hex))?\}(.{1,1024})$/is;

/** Undefined when the scheme is not known, the hash is not one of it, or checking it would cost too much. */
export function readForeignHash(text: string): ForeignHash | undefined {
  if (text.startsWith('$')) return crypt(text);
  const found = shape.exec(text);
  if (found === null) return undefined;
  const [, scheme = '', encoding, hash = ''] = found;
  const name = scheme.toUpperCase();
  return readers[name]?.(hash) ?? saltedSha(name, hash, encoding?.toLowerCase());
}
