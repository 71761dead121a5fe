// argon2 in PHC string format: $argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>. Reading, writing and computing.
import { argon2 } from 'node:crypto';
import { promisify } from 'node:util';

const argon2Async = promisify(argon2);

export interface Argon2Hash {
  readonly algorithm: 'argon2id' | 'argon2i';
  readonly memoryKiB: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/** OWASP's minimum for argon2id: 19 MiB, 2 passes. The salt and tag are nobody's. */
export const currentParameters: Argon2Hash = {
  algorithm: 'argon2id',
  memoryKiB: 19_456,
  passes: 2,
  parallelism: 1,
  salt: Buffer.alloc(16),
  tag: Buffer.alloc(32),
};

const shape =
  /^\$(argon2id?)\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,172})$/;

/** Undefined for another format, and for parameters that would cost a minute. */
export function parseArgon2(text: string): Argon2Hash | undefined {
  const found = shape.exec(text);
  if (found === null) return undefined;
  const [memoryKiB, passes, parallelism] = [Number(found[2]), Number(found[3]), Number(found[4])];
  const isBearable =
    memoryKiB <= 262_144 && passes >= 1 && passes <= 16 && parallelism >= 1 && parallelism <= 8;
  const salt = Buffer.from(found[5] ?? '', 'base64');
  const tag = Buffer.from(found[6] ?? '', 'base64');
  if (!isBearable || memoryKiB < 8 * parallelism || salt.length < 8 || tag.length < 12)
    return undefined;
  const algorithm = found[1] === 'argon2i' ? 'argon2i' : 'argon2id';
  return { algorithm, memoryKiB, passes, parallelism, salt, tag };
}

export function formatArgon2(hash: Argon2Hash): string {
  const { algorithm, memoryKiB, passes, parallelism, salt, tag } = hash;
  return `$${algorithm}$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
}

/** True when it is as strong as what is made today. */
export function isCurrent({ algorithm, memoryKiB, passes }: Argon2Hash): boolean {
  return (
    algorithm === 'argon2id' &&
    memoryKiB >= currentParameters.memoryKiB &&
    passes >= currentParameters.passes
  );
}

export async function deriveArgon2(password: Buffer, hash: Argon2Hash): Promise<Buffer> {
  return argon2Async(hash.algorithm, {
    message: password,
    nonce: hash.salt,
    parallelism: hash.parallelism,
    tagLength: hash.tag.length,
    memory: hash.memoryKiB,
    passes: hash.passes,
  });
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
