// The secrets of the account book: made together, changed together, gone together with their account.
//
// All secrets of a person are derived with one salt, made from a key of this book and her name. So an app password works
// with SCRAM as well, and a stranger who asks sees the same salt before and after she exists or changes her password.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '@restante/runtime';
import { deriveScramKeys, type ScramKeys } from '@restante/sasl';
import type { AccountSecrets, SecretVerdict } from '../account-secrets.ts';
import {
  type AppPassword,
  appPasswordHash,
  appPasswordLetters,
  makeAppPassword,
  type NewAppPassword,
  opens,
} from '../app-password.ts';
import { AccountsError } from '../errors.ts';
import { clearPasswordIn } from '../passwords/foreign/clear-password.ts';
import { readForeignHash } from '../passwords/foreign/foreign-hash.ts';
import { keptHash, PasswordHasher } from '../passwords/password-hasher.ts';
import type { AccountRecords } from './account-records.ts';
import type { AppPasswordRow, SecretTables } from './secret-tables.ts';

/** What an account's row and its SCRAM keys are made of. */
export interface HashedSecret {
  readonly hash: string;
  readonly scram: ScramKeys | undefined;
}

interface NewSecret {
  readonly address: string;
  readonly password?: string;
  readonly passwordHash?: string;
}

const hourMs = 3_600_000;
const labelMaxLength = 100;
const appPasswordsMax = 100;

export class SqliteAccountSecrets implements AccountSecrets {
  readonly #records: AccountRecords;
  readonly #clock: Clock;
  readonly #hasher = new PasswordHasher();
  readonly #server: { readonly secret: Buffer; readonly iterations: number };

  constructor(records: AccountRecords, clock: Clock) {
    this.#records = records;
    this.#clock = clock;
    this.#server = this.#tables.scramServer();
  }

  /** Throws PASSWORD_UNFIT or PASSWORD_HASH_UNFIT. */
  async hashed(
    address: string,
    { password, passwordHash }: Omit<NewSecret, 'address'>,
  ): Promise<HashedSecret> {
    const clear = passwordHash === undefined ? (password ?? '') : clearPasswordIn(passwordHash);
    if (clear !== undefined) {
      return {
        hash: await this.#hasher.hash(clear),
        scram: await this.#hasher.inTurn(() => this.#derive(address, clear)),
      };
    }
    const hash = keptHash(passwordHash ?? '');
    if (hash === undefined) throw new AccountsError('PASSWORD_HASH_UNFIT');
    return { hash, scram: readForeignHash(hash)?.scram };
  }

  /** As many at once as the hasher takes. */
  async hashedAll(wanted: readonly NewSecret[]): Promise<readonly HashedSecret[]> {
    const secrets: HashedSecret[] = [];
    let next = 0;
    const work = async () => {
      for (let each = wanted[next]; each !== undefined; each = wanted[next]) {
        const index = next;
        next += 1;
        secrets[index] = await this.hashed(each.address, each);
      }
    };
    await Promise.all([work(), work()]);
    return secrets;
  }

  /** Inside a transaction. */
  insert(address: string, { scram }: HashedSecret): void {
    this.#tables.deleteSecretsOf(address);
    this.#tables.replaceScramKeys(address, scram);
  }

  /** Inside a transaction. */
  forget(address: string): void {
    this.#tables.deleteSecretsOf(address);
  }

  replace(address: string, { hash, scram }: HashedSecret): void {
    this.#records.write(() => {
      this.#records.tables.updateHash(address, hash);
      this.#tables.replaceScramKeys(address, scram);
    });
  }

  passwordHashOf(address: string): string | undefined {
    return this.#records.tables.hashOf(address);
  }

  scramKeysOf(address: string, scope: string): ScramKeys {
    const salt = this.#saltOf(address);
    const main = this.#tables.scramKeys(address) ?? {
      salt,
      iterations: this.#server.iterations,
      // Keys that fit no password: nobody has the key of this book.
      storedKey: this.#mac(`stored key\0${address}`),
      serverKey: this.#mac(`server key\0${address}`),
    };
    // Brought along with a salt of its own: what was made here does not fit together with it.
    if (!main.salt.equals(salt) || main.iterations !== this.#server.iterations) return main;
    const others = this.#tables
      .appPasswords(address)
      .filter((row) => opens(row, scope))
      .map(({ id, storedKey, serverKey }) => ({ label: id, storedKey, serverKey }));
    return { ...main, others };
  }

  hasScramKeys(address: string): boolean {
    return this.#tables.scramKeys(address) !== undefined;
  }

  async renewPassword(address: string, password: string, hashBefore: string): Promise<void> {
    const secret = await this.hashed(address, { password });
    if (this.passwordHashOf(address) === hashBefore) this.replace(address, secret);
  }

  async verify(address: string | undefined, password: string): Promise<SecretVerdict> {
    return this.#hasher.verify(password, address && this.passwordHashOf(address));
  }

  async addAppPassword(
    address: string,
    { label, scopes = ['all'] }: NewAppPassword,
  ): Promise<{ readonly appPassword: AppPassword; readonly secret: string }> {
    const taken = this.#tables.appPasswords(address);
    if (!isLabel(label) || scopes.length === 0 || taken.length >= appPasswordsMax)
      throw new AccountsError('APP_PASSWORD_UNFIT', { about: label });
    const secret = makeAppPassword();
    const keys = await this.#derive(address, secret);
    // Our own letters: SASLprep has nothing against them.
    assert.ok(keys);
    const appPassword: AppPassword = {
      id: randomBytes(5).toString('hex'),
      label,
      scopes: [...new Set(scopes)],
      createdAtMs: this.#clock.now(),
    };
    const secretHash = appPasswordHash(address, appPasswordLetters(secret) ?? '');
    this.#records.write(() => {
      const { storedKey, serverKey } = keys;
      this.#tables.insertAppPassword(address, { ...appPassword, storedKey, serverKey, secretHash });
    });
    return { appPassword, secret };
  }

  appPasswords(address: string): readonly AppPassword[] {
    return this.#tables.appPasswords(address).map(withoutSecrets);
  }

  revokeAppPassword(address: string, id: string): boolean {
    return this.#records.write(() => this.#tables.deleteAppPassword(address, id));
  }

  appPasswordOf(address: string, secret: string): AppPassword | undefined {
    const letters = appPasswordLetters(secret);
    if (letters === undefined) return undefined;
    const wanted = appPasswordHash(address, letters);
    const found = this.#tables
      .appPasswords(address)
      // A hash of 120 random bits: how long the comparison takes tells nothing that helps.
      .find(({ secretHash }) => secretHash.equals(wanted));
    return found && withoutSecrets(found);
  }

  noteLogin(address: string, appPasswordId?: string): void {
    const atMs = Math.floor(this.#clock.now() / hourMs) * hourMs;
    this.#records.noteLogin(address, atMs, appPasswordId);
  }

  markOf(text: string): string {
    return this.#mac(`mark\0${text}`).toString('base64url').slice(0, 12);
  }

  get #tables(): SecretTables {
    return this.#records.secretTables;
  }

  async #derive(address: string, password: string): Promise<ScramKeys | undefined> {
    return deriveScramKeys(password, this.#saltOf(address), this.#server.iterations);
  }

  #saltOf(address: string): Buffer {
    return this.#mac(`salt\0${address}`).subarray(0, 16);
  }

  #mac(text: string): Buffer {
    return createHmac('sha256', this.#server.secret).update(text).digest();
  }
}

function isLabel(label: string): boolean {
  return label.trim() !== '' && label.length <= labelMaxLength && !/\p{Cc}/u.test(label);
}

function withoutSecrets(row: AppPasswordRow): AppPassword {
  const { id, label, scopes, createdAtMs, lastUsedAtMs } = row;
  return {
    id,
    label,
    scopes,
    createdAtMs,
    ...(lastUsedAtMs !== undefined && { lastUsedAtMs }),
  };
}
