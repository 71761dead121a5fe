// What is kept of people's secrets: the port between the account book and the logins. Nobody else has a reason to ask.
import type { ScramKeys } from '@restante/sasl';
import type { AppPassword } from './app-password.ts';

export interface AccountSecrets {
  /** argon2id in PHC format, or a hash of another scheme that came with an import. */
  passwordHashOf(address: string): string | undefined;
  /**
   * Keys of the password and, with the same salt, of the app passwords for `scope`. People without keys, and people who do
   * not exist, have some made from their name, the same every time.
   */
  scramKeysOf(address: string, scope: string): ScramKeys;
  /** True when the password itself has keys for SCRAM. */
  hasScramKeys(address: string): boolean;
  /** The password is known right now and its hash is not as it should be: keeps a new one, unless it was changed meanwhile. */
  renewPassword(address: string, password: string, hashBefore: string): Promise<void>;
  /** The app password of the account that is this, whatever its scope. */
  appPasswordOf(address: string, secret: string): AppPassword | undefined;
  /** Whether a password is this account's, or nobody's, which takes as long. Throws PASSWORD_QUEUE_FULL. */
  verify(address: string | undefined, password: string): Promise<SecretVerdict>;
  /** Coarse, and on disk within a minute. */
  noteLogin(address: string, appPasswordId?: string): void;
  /** The same for the same text, unguessable without the book: marks that may be kept elsewhere. */
  markOf(text: string): string;
}

export interface SecretVerdict {
  readonly isRight: boolean;
  /** The hash was right, but is of another scheme or weaker than today's. */
  readonly isOutdated: boolean;
}
