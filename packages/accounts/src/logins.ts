// Who may come in. One door for IMAP, POP3, submission and the web; the port of logins.
//
// Promises
// - Wrong tries are counted per (address, account), per network and per account, for all nodes of the site (Redis) and without Redis
//   by this process alone; beyond the limit the answer is "wait", before any secret is looked at.
// - The same answer and the same time for unknown people, wrong passwords and suspended accounts with wrong passwords.
// - Every end of a login is one line of the audit log: when, protocol, address, account, mechanism, how it ended, which app password.
//   Never a secret, never a guessed one.
// - An app password opens what its scope says, can be revoked alone, and is shown once.
import type { Credentials } from '@restante/sasl';

export type LoginProtocol = 'imap' | 'pop3' | 'submission' | 'web';

export interface LoginOrigin {
  readonly protocol: LoginProtocol;
  readonly address: string;
  /** True when the connection is encrypted, or comes from this machine. */
  readonly isPrivate: boolean;
}

export interface Logins extends AsyncDisposable {
  /** The credentials as seen from one connection; its tries are counted against the origin. */
  credentialsFor(origin: LoginOrigin): Credentials;
}
