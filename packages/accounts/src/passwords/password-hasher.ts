// Passwords into argon2id hashes, and passwords against whatever hash is kept.
//
// Promises
// - A stored hash is checked with its own parameters; hashes brought from another server are checked by their scheme.
// - An unknown person costs as much time as a known one, so time does not tell who exists. A hash of another scheme costs
//   that much as well; only a slower scheme (bcrypt of a high cost) can be told, until its owner's first login.
// - At most two hashes run at once: they use the same threads as fsync, and guessing must not slow deliveries down.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { AccountsError } from '../errors.ts';
import {
  currentParameters,
  deriveArgon2,
  formatArgon2,
  isCurrent,
  parseArgon2,
} from './argon2-hash.ts';
import { readForeignHash } from './foreign/foreign-hash.ts';
import { spelledPassword } from './spelled-password.ts';

const atOnceMax = 2;
const waitingMax = 256;
const passwordMaxBytes = 1024;
// RFC 8265 §4.2.2: no control characters in a password; what has them cannot travel in PLAIN either.
const control = /\p{Cc}/u;

export interface HashVerdict {
  readonly isRight: boolean;
  /** True when the hash should be made anew, now that the password is at hand. */
  readonly isOutdated: boolean;
}

/** A hash as it is kept; undefined for one that cannot be checked here. {ARGON2ID} in front is taken off. */
export function keptHash(text: string): string | undefined {
  const bare = text.replace(/^\{ARGON2ID?\}/i, '');
  if (parseArgon2(bare) !== undefined) return bare;
  return readForeignHash(text) === undefined ? undefined : text;
}

/** Neither empty nor endless, and without control characters. */
export function isPasswordFit(password: string): boolean {
  const spelled = spelledPassword(password);
  return spelled !== '' && Buffer.byteLength(spelled) <= passwordMaxBytes && !control.test(spelled);
}

export class PasswordHasher {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** Throws PASSWORD_UNFIT for an empty or endless one, and for control characters. */
  async hash(password: string): Promise<string> {
    if (!isPasswordFit(password)) throw new AccountsError('PASSWORD_UNFIT');
    const message = Buffer.from(spelledPassword(password));
    const salted = { ...currentParameters, salt: randomBytes(16) };
    const tag = await this.inTurn(() => deriveArgon2(message, salted));
    return formatArgon2({ ...salted, tag });
  }

  /** `stored` is undefined for an unknown person: that takes as long, and is wrong. */
  async verify(password: string, stored: string | undefined): Promise<HashVerdict> {
    return this.inTurn(() => this.#verify(password, stored));
  }

  /** Runs other work of the same weight under the same limit. Throws PASSWORD_QUEUE_FULL. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  async #verify(password: string, stored = ''): Promise<HashVerdict> {
    const known = parseArgon2(stored);
    const bounded = Buffer.byteLength(password) <= passwordMaxBytes ? password : '';
    const foreign = known === undefined ? readForeignHash(stored) : undefined;
    const [tag, isRightForeign] = await Promise.all([
      deriveArgon2(Buffer.from(spelledPassword(bounded)), known ?? currentParameters),
      foreign === undefined ? false : matchesEitherSpelling(foreign, bounded),
    ]);
    const isRight = known === undefined ? isRightForeign : timingSafeEqual(tag, known.tag);
    return {
      isRight: isRight && bounded !== '',
      isOutdated: known === undefined || !isCurrent(known),
    };
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

/** Another server hashed the bytes as its client sent them. */
async function matchesEitherSpelling(
  hash: { matches(password: string): Promise<boolean> },
  password: string,
): Promise<boolean> {
  if (await hash.matches(password)) return true;
  const spelled = spelledPassword(password);
  return spelled !== password && hash.matches(spelled);
}
