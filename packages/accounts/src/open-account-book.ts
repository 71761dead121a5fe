// Opens the account book of a site. Who opens it closes it.
import type { AccountBook, AccountBookOptions } from './account-book.ts';
import { SqliteAccountBook } from './book/sqlite-account-book.ts';

/** Opens or makes `dir`/accounts.sqlite. Throws ACCOUNTS_UNREADABLE or ACCOUNTS_TOO_NEW. */
export function openAccountBook(options: AccountBookOptions): AccountBook {
  return new SqliteAccountBook(options);
}
