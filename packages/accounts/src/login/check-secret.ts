// Whether a password opens an account for a protocol: the password itself, or an app password whose scope fits.
import { saslPrep } from '@restante/sasl';
import type { AccountBook } from '../account-book.ts';
import type { AccountSecrets } from '../account-secrets.ts';
import { opens } from '../app-password.ts';
import { AccountsError } from '../errors.ts';
import type { LoginProtocol } from '../logins.ts';
import type { RecentPasswords } from './recent-passwords.ts';

export type SecretCheck =
  | { readonly kind: 'right'; readonly appPassword?: string }
  | { readonly kind: 'wrong'; readonly why: 'unknown-account' | 'wrong-password' | 'wrong-scope' };

export interface SecretToCheck {
  /** Undefined when nobody has the name. */
  readonly account: string | undefined;
  readonly password: string;
  readonly protocol: LoginProtocol;
}

/** Everything but what is right takes the time of one argon2 hash, whether the account is there or not. */
export async function checkSecret(
  { secrets }: AccountBook,
  recent: RecentPasswords,
  { account, password, protocol }: SecretToCheck,
): Promise<SecretCheck> {
  if (account === undefined) {
    await secrets.verify(undefined, password);
    return { kind: 'wrong', why: 'unknown-account' };
  }
  const appPassword = secrets.appPasswordOf(account, password);
  if (appPassword !== undefined && opens(appPassword, protocol))
    return { kind: 'right', appPassword: appPassword.id };

  const storedHash = secrets.passwordHashOf(account) ?? '';
  if (recent.wasRight(account, password, storedHash)) return { kind: 'right' };
  const { isRight, isOutdated } = await secrets.verify(account, password);
  if (!isRight)
    return { kind: 'wrong', why: appPassword === undefined ? 'wrong-password' : 'wrong-scope' };

  recent.remember(account, password, storedHash);
  await renewIfNeeded(secrets, { account, password, storedHash, isOutdated });
  return { kind: 'right' };
}

interface Renewal {
  readonly account: string;
  readonly password: string;
  readonly storedHash: string;
  readonly isOutdated: boolean;
}

/** The one moment when the password is here: what came from another server, or before SCRAM, is put right. */
async function renewIfNeeded(
  secrets: AccountSecrets,
  { account, password, storedHash, isOutdated }: Renewal,
): Promise<void> {
  const hasKeys = secrets.hasScramKeys(account) || saslPrep(password) === undefined;
  if (!isOutdated && hasKeys) return;
  try {
    await secrets.renewPassword(account, password, storedHash);
  } catch (cause) {
    // The login is right all the same. What we would not take as a new password, another server took; it stays as it is.
    if (!(cause instanceof AccountsError)) throw cause;
  }
}
