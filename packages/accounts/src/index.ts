// The public face of @restante/accounts.
export type { LoginOrigin, LoginProtocol, Logins } from './logins.ts';
