// App passwords: one secret per program, made here, shown once, revocable alone. Pure but for randomness.
//
// 24 letters of base32 are 120 bits: nobody guesses one, so a plain SHA-256 of it is as good as argon2 and a login finds it
// without trying them all. Their shape is not one that a person would choose.
import { hash, randomBytes } from 'node:crypto';
import type { LoginProtocol } from './logins.ts';

export type AppPasswordScope = LoginProtocol | 'all';

export const appPasswordScopes: readonly AppPasswordScope[] = [
  'all',
  'imap',
  'pop3',
  'submission',
  'web',
];

export interface AppPassword {
  /** Names it among those of its account. */
  readonly id: string;
  /** The owner's word for it: "phone". */
  readonly label: string;
  readonly scopes: readonly AppPasswordScope[];
  readonly createdAtMs: number;
  /** To the hour; absent when never. */
  readonly lastUsedAtMs?: number;
}

export interface NewAppPassword {
  readonly label: string;
  /** Default: all. */
  readonly scopes?: readonly AppPasswordScope[];
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
const lettersCount = 24;
const shape = /^[a-z2-7]{24}$/;

/** As it is shown: abcd-efgh-ijkl-mnop-qrst-uvwx. */
export function makeAppPassword(): string {
  const letters = [...randomBytes(lettersCount)].map((byte) => alphabet[byte & 31]).join('');
  return letters.replaceAll(/(.{4})(?!$)/g, '$1-');
}

/** The letters alone, however they were typed; undefined when it cannot be one. */
export function appPasswordLetters(text: string): string | undefined {
  if (text.length > 2 * lettersCount) return undefined;
  const letters = text.toLowerCase().replaceAll(/[\s-]/g, '');
  return shape.test(letters) ? letters : undefined;
}

/** What is kept of one. The account is part of it, so that equal hashes never name two people. */
export function appPasswordHash(address: string, letters: string): Buffer {
  return hash('sha256', `${address}\0${letters}`, 'buffer');
}

export function opens(
  { scopes }: { readonly scopes: readonly AppPasswordScope[] },
  protocol: string,
): boolean {
  return scopes.some((scope) => scope === 'all' || scope === protocol);
}
