// The public face of @restante/accounts.
export type {
  Account,
  AccountBook,
  AccountBookOptions,
  Alias,
  FilteringChange,
  MadeAppPassword,
  NewAccount,
  Quota,
  SendingRules,
  Usage,
} from './account-book.ts';
export type { AccountSecrets, SecretVerdict } from './account-secrets.ts';
export {
  type AppPassword,
  type AppPasswordScope,
  appPasswordScopes,
  type NewAppPassword,
} from './app-password.ts';
export { type AddressRules, type CanonicalAddress, canonicalAddress } from './canonical-address.ts';
export { AccountsError, accountsFailures, type AccountsFailureCode } from './errors.ts';
export { loginsSection } from './config.ts';
export { createLogins, type LoginsOptions } from './login/create-logins.ts';
export {
  type ImportAnswer,
  importAccounts,
  type ImportOptions,
  importProblem,
} from './import-accounts.ts';
export type { LoginEnd, LoginOrigin, LoginProtocol, Logins, LoginsSettings } from './logins.ts';
export { foreignSchemes } from './passwords/foreign/foreign-hash.ts';
export { openAccountBook } from './open-account-book.ts';
export type { NewSuspension, SendLimitsOfAccount, Suspension } from './suspension.ts';
