// {SCRAM-SHA-256}: <iterations>,<salt>,<stored key>,<server key>. Good for a SCRAM login as it is, and for a password, too.
import { timingSafeEqual } from 'node:crypto';
import { deriveScramKeys } from '@restante/sasl';
import type { ForeignHash } from './foreign-hash.ts';

const shape = /^(\d{1,7}),([A-Za-z0-9+/]{8,172}={0,2}),([A-Za-z0-9+/]{43}=),([A-Za-z0-9+/]{43}=)$/;
const iterationsMax = 1_000_000;

export function scramHash(text: string): ForeignHash | undefined {
  const found = shape.exec(text);
  const iterations = Number(found?.[1]);
  if (found === null || iterations < 1 || iterations > iterationsMax) return undefined;
  const [salt, storedKey, serverKey] = [found[2], found[3], found[4]].map((part) =>
    Buffer.from(part ?? '', 'base64'),
  ) as [Buffer, Buffer, Buffer];
  return {
    scram: { salt, iterations, storedKey, serverKey },
    async matches(password) {
      const keys = await deriveScramKeys(password, salt, iterations);
      return keys !== undefined && timingSafeEqual(keys.storedKey, storedKey);
    },
  };
}
