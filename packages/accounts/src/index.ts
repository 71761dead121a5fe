// The public face of @restante/accounts.
export type {
  Account,
  AccountBook,
  AccountBookOptions,
  Alias,
  NewAccount,
  Quota,
  Usage,
} from './account-book.ts';
export { type AddressRules, type CanonicalAddress, canonicalAddress } from './canonical-address.ts';
export { AccountsError, accountsFailures, type AccountsFailureCode } from './errors.ts';
export type { LoginOrigin, LoginProtocol, Logins } from './logins.ts';
export { openAccountBook } from './open-account-book.ts';
