// The server's side of a login (RFC 4422): one exchange of one mechanism, the same for SMTP, IMAP and POP3.
//
// Promises
// - Nothing here knows a socket, a protocol's framing or where accounts are kept: bytes in, bytes or an end out.
// - What is told the client on failure never says whether the person exists.

/** Everything a mechanism may ask. Implemented by the account book. */
export interface Credentials {
  /** False where most people have no keys for SCRAM (yet): it is not offered then. */
  readonly offersScram?: boolean;
  /** For PLAIN, LOGIN and XOAUTH2-shaped ones: the secret as it came. Takes as long for unknown people as for known ones. */
  verifyPassword(login: string, password: string, mechanism?: string): Promise<LoginVerdict>;
  /**
   * For SCRAM (RFC 5802): what is kept of a person's secret. For unknown people, and those without such keys, values made from the
   * name by a key of this server, the same every time, so that nobody can tell.
   */
  scramKeys(login: string, hash: 'sha256'): Promise<ScramKeys>;
  /**
   * The end of a SCRAM exchange: who it was (or would have been), and whether the proof was right. Counts, logs, may refuse.
   * `proof.label` is that of the secret that was proven, when scramKeys() gave several.
   */
  finishScram(login: string, isProven: boolean, proof?: ScramProof): Promise<LoginVerdict>;
  /**
   * For OAUTHBEARER (RFC 7628) and XOAUTH2, which are offered only where this exists: whose token it is. `login` is empty when
   * the client named nobody.
   */
  verifyToken?(login: string, token: string, mechanism?: string): Promise<LoginVerdict>;
}

export interface ScramProof {
  readonly mechanism: string;
  readonly label?: string;
}

export interface ScramKeys {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
  /** Further secrets of the same person (app passwords), derived with the same salt and iterations; any of them will do. */
  readonly others?: readonly {
    readonly storedKey: Buffer;
    readonly serverKey: Buffer;
    readonly label: string;
  }[];
}

export type LoginVerdict =
  | { readonly kind: 'in'; readonly account: string }
  | { readonly kind: 'refused' }
  /** Too many wrong tries from there, or for that account: said without looking at the secret. */
  | { readonly kind: 'wait'; readonly seconds: number }
  /** Right, but the account is closed. Told only to who has proven the secret. */
  | { readonly kind: 'suspended' }
  /** Our trouble (the book cannot be read): temporary. */
  | { readonly kind: 'unavailable' };

export type SaslStep =
  | { readonly kind: 'challenge'; readonly bytes: Buffer }
  /** `last` goes to the client with the success where the protocol can (else as one more challenge). */
  | { readonly kind: 'end'; readonly verdict: LoginVerdict; readonly last?: Buffer }
  /** Not what the mechanism says: BAD, 501. */
  | { readonly kind: 'malformed' };

export interface SaslExchange {
  /** The first call may bring the initial response; undefined is "none given" (different from an empty one). */
  next(response: Buffer | undefined): Promise<SaslStep>;
}

export interface SaslContext {
  readonly credentials: Credentials;
  /** RFC 9266 tls-exporter bytes, when the connection has them: SCRAM-SHA-256-PLUS is offered then. */
  readonly tlsExporter?: Buffer;
}
