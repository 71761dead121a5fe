// Password hashes: argon2id in PHC string format, $argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>.
//
// Promises
// - Parameters are OWASP's minimum for argon2id (19 MiB, 2 passes); a stored hash is checked with its own parameters.
// - An unknown person costs as much time as a known one, so time does not tell who exists.
// - At most two hashes run at once: they use the same threads as fsync, and guessing must not slow deliveries down.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { AccountsError } from '../errors.ts';

const argon2Async = promisify(argon2);
const atOnceMax = 2;
const waitingMax = 256;
const passwordMaxBytes = 1024;

export interface NewSecret {
  readonly password?: string;
  readonly passwordHash?: string;
}

interface Hash {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

const shape =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,172})$/;
/** Nobody's: what a login for an unknown person is checked against. */
const nobody: Hash = {
  memoryKiB: 19_456,
  passes: 2,
  parallelism: 1,
  salt: Buffer.alloc(16),
  tag: Buffer.alloc(32),
};

/** True for a hash that can be checked here, for example one brought along from another server. */
export function isPasswordHash(text: string): boolean {
  return parseHash(text) !== undefined;
}

export class PasswordHasher {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** Throws PASSWORD_UNFIT for an empty or endless one. */
  async hash(password: string): Promise<string> {
    const message = Buffer.from(password.normalize('NFC'));
    if (message.length === 0 || message.length > passwordMaxBytes)
      throw new AccountsError('PASSWORD_UNFIT');
    const { memoryKiB, passes, parallelism } = nobody;
    const salt = randomBytes(16);
    const tag = await this.#derive(message, { ...nobody, salt });
    return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
  }

  /** For a new account: of its password, or the hash it brings along. */
  async hashFor({ password = '', passwordHash }: NewSecret): Promise<string> {
    if (passwordHash === undefined) return this.hash(password);
    if (!isPasswordHash(passwordHash)) throw new AccountsError('PASSWORD_HASH_UNFIT');
    return passwordHash;
  }

  /** `stored` is undefined for an unknown person: that takes as long, and is false. */
  async verify(password: string, stored: string | undefined): Promise<boolean> {
    const known = stored === undefined ? undefined : parseHash(stored);
    const message = Buffer.from(password.normalize('NFC')).subarray(0, passwordMaxBytes + 1);
    const tag = await this.#derive(message, known ?? nobody);
    return (
      known !== undefined && message.length <= passwordMaxBytes && timingSafeEqual(tag, known.tag)
    );
  }

  async #derive(message: Buffer, hash: Hash): Promise<Buffer> {
    await this.#turn();
    try {
      return await argon2Async('argon2id', {
        message,
        nonce: hash.salt,
        parallelism: hash.parallelism,
        tagLength: hash.tag.length,
        memory: hash.memoryKiB,
        passes: hash.passes,
      });
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  async #turn(): Promise<void> {
    if (this.#running < atOnceMax) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= waitingMax) throw new AccountsError('PASSWORD_QUEUE_FULL');
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    await promise;
  }
}

/** Undefined for another format, and for parameters that would cost a minute. */
function parseHash(text: string): Hash | undefined {
  const found = shape.exec(text);
  if (!found) return undefined;
  const [memoryKiB, passes, parallelism] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const isBearable =
    memoryKiB <= 262_144 && passes >= 1 && passes <= 16 && parallelism >= 1 && parallelism <= 8;
  const [salt, tag] = [
    Buffer.from(found[4] ?? '', 'base64'),
    Buffer.from(found[5] ?? '', 'base64'),
  ];
  if (!isBearable || memoryKiB < 8 * parallelism || salt.length < 8 || tag.length < 12)
    return undefined;
  return { memoryKiB, passes, parallelism, salt, tag };
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
