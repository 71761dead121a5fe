// Many accounts at once, from another server: each is checked, all that are new go in with one transaction, and every row has
// an answer of its own. Running the same import again changes nothing.
import type { Account, AccountBook, NewAccount, Quota } from './account-book.ts';
import { type AccountsFailureCode, accountsFailures } from './errors.ts';
import { isPasswordFit, keptHash } from './passwords/password-hasher.ts';
import { clearPasswordIn } from './passwords/foreign/clear-password.ts';

export interface ImportOptions {
  /** What becomes of those who are here already: nothing, or what the row says. */
  readonly ifThere: 'keep' | 'update';
  /** Only says what would happen. */
  readonly isDryRun?: boolean;
}

export type ImportAnswer =
  | { readonly kind: 'added' | 'updated' | 'unchanged'; readonly address: string }
  | { readonly kind: 'refused'; readonly address: string; readonly code: AccountsFailureCode };

export async function importAccounts(
  book: AccountBook,
  rows: readonly NewAccount[],
  { ifThere, isDryRun = false }: ImportOptions,
): Promise<readonly ImportAnswer[]> {
  const seen = new Set<string>();
  const added: NewAccount[] = [];
  const answers: ImportAnswer[] = [];
  for (const row of rows) {
    const address = book.canonical(row.address)?.address ?? row.address;
    const there = book.account(address);
    const code = seen.has(address) ? 'ACCOUNT_EXISTS' : problemOf(book, row, there !== undefined);
    seen.add(address);
    if (code !== undefined) {
      answers.push({ kind: 'refused', address, code });
    } else if (there === undefined) {
      added.push(row);
      answers.push({ kind: 'added', address });
    } else {
      const isChanged = ifThere === 'update' && (await update(book, there, { row, isDryRun }));
      answers.push({ kind: isChanged ? 'updated' : 'unchanged', address });
    }
  }
  if (!isDryRun && added.length > 0) await book.addAccounts(added);
  return answers;
}

/** The sentence for a refusal. */
export function importProblem(code: AccountsFailureCode): string {
  return accountsFailures[code].meaning;
}

function problemOf(
  book: AccountBook,
  { address, password, passwordHash }: NewAccount,
  isThere: boolean,
): AccountsFailureCode | undefined {
  if (book.canonical(address) === undefined) return 'ADDRESS_INVALID';
  const clear = passwordHash === undefined ? password : clearPasswordIn(passwordHash);
  if (clear !== undefined) return isPasswordFit(clear) ? undefined : 'PASSWORD_UNFIT';
  if (passwordHash === undefined) return isThere ? undefined : 'PASSWORD_UNFIT';
  return keptHash(passwordHash) === undefined ? 'PASSWORD_HASH_UNFIT' : undefined;
}

interface Update {
  readonly row: NewAccount;
  readonly isDryRun: boolean;
}

/** Exactly what the row names; true when that was not so before. */
async function update(
  book: AccountBook,
  there: Account,
  { row, isDryRun }: Update,
): Promise<boolean> {
  const { address } = there;
  const quota: Quota = {
    ...ifNamed('bytes', row.quotaBytes ?? there.quotaBytes),
    ...ifNamed('messages', row.quotaMessages ?? there.quotaMessages),
  };
  const isQuotaNew = quota.bytes !== there.quotaBytes || quota.messages !== there.quotaMessages;
  const isStateNew = row.state !== undefined && row.state !== there.state;
  const isSecretNew = await hasNewSecret(book, address, row);
  if (!isDryRun) {
    if (isQuotaNew) book.setQuota(address, quota);
    if (isStateNew) book.setState(address, row.state ?? there.state);
    if (isSecretNew && row.passwordHash !== undefined)
      await book.setPasswordHash(address, row.passwordHash);
    else if (isSecretNew && row.password !== undefined)
      await book.setPassword(address, row.password);
  }
  return isQuotaNew || isStateNew || isSecretNew;
}

async function hasNewSecret(book: AccountBook, address: string, row: NewAccount): Promise<boolean> {
  const { password, passwordHash } = row;
  const clear = passwordHash === undefined ? password : clearPasswordIn(passwordHash);
  if (clear !== undefined) return !(await book.verifyPassword(address, clear));
  if (passwordHash === undefined) return false;
  return keptHash(passwordHash) !== book.secrets.passwordHashOf(address);
}

function ifNamed<Name extends string>(
  name: Name,
  value: number | undefined,
): { readonly [Key in Name]?: number } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: number });
}
