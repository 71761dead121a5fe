// Who may come in. One door for IMAP, POP3, submission and the web; the port of logins.
//
// Promises
// - Wrong tries are counted per (address, account), per network and per account, for all nodes of the site (Redis) and without Redis
//   by this process alone; beyond the limit the answer is "wait", before any secret is looked at.
// - The same answer and the same time for unknown people, wrong passwords and suspended accounts with wrong passwords.
// - Every end of a login is one line of the audit log: when, protocol, address, account, mechanism, how it ended, which app password.
//   Never a secret, never a guessed one.
// - An app password opens what its scope says, can be revoked alone, and is shown once.
import type { Credentials, LoginVerdict } from '@restante/sasl';

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

/** How a login ended. `account` is the name that was tried when nobody has it, unless it is no address. */
export interface LoginEnd {
  readonly protocol: LoginProtocol;
  readonly address: string;
  readonly account: string;
  readonly mechanism: string;
  readonly outcome: LoginVerdict['kind'];
  /** Why it was refused; for the operator, never for the client. */
  readonly why?: string;
  /** Id of the app password that was used. */
  readonly appPassword?: string;
}

/** [logins] of the configuration; see config.ts. */
export interface LoginsSettings {
  readonly triesFree: number;
  readonly networkTriesFree: number;
  readonly waitFirstMs: number;
  readonly waitMaxMs: number;
  readonly offerScram: boolean;
  readonly auditFileMaxBytes: number;
  readonly auditFilesKept: number;
}
