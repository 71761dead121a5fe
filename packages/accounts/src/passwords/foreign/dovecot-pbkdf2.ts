// Dovecot's {PBKDF2}: $1$<salt>$<rounds>$<hex>, HMAC-SHA-1, the salt as it is written.
import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { ForeignHash } from './foreign-hash.ts';

const pbkdf2Async = promisify(pbkdf2);
const shape = /^\$1\$([!-#%-~]{1,64})\$(\d{1,7})\$([0-9a-f]{40})$/i;
const roundsMax = 1_000_000;

export function dovecotPbkdf2(text: string): ForeignHash | undefined {
  const found = shape.exec(text);
  const rounds = Number(found?.[2]);
  if (found === null || rounds < 1 || rounds > roundsMax) return undefined;
  const tag = Buffer.from(found[3] ?? '', 'hex');
  return {
    matches: async (password) =>
      timingSafeEqual(await pbkdf2Async(password, found[1] ?? '', rounds, tag.length, 'sha1'), tag),
  };
}
