// Says for one mail server of one destination what TLS the session must have before a message is named.
//
// Promises
// - The operator's own word comes first, then DANE (RFC 7672), then MTA-STS (RFC 8461 §2: it never overrides DANE), then what
//   the site does with everybody else.
// - "Could not find out" about DANE is a reason to wait; about MTA-STS it is not, unless a policy is known already: as the
//   standards say. What is known survives a restart.
// - Nothing is downgraded: who demands authentication gets it, or the server is avoided and the reply says exactly why.
// - Records are believed as validated only when the resolver says so, and that only of a name server on this machine.
import type { SmtpReply, DeferralCause } from '@restante/mail-model';
import type { TlsPolicy } from '@restante/smtp';

/** One mail server, on behalf of one domain. */
export interface MailServerOf {
  readonly domain: string;
  /** As the MX record names it; the domain itself where there is none. */
  readonly host: string;
  readonly port: number;
  /** The MX records (or their absence) were validated by a resolver we trust. */
  readonly isAuthenticated: boolean;
}

export type PolicyKind = 'operator' | 'dane' | 'mta-sts' | 'none';

export type TlsDemand =
  | { readonly kind: 'use'; readonly by: PolicyKind; readonly tls: TlsPolicy }
  /** No message of this domain may go to this server now. */
  | {
      readonly kind: 'avoid';
      readonly by: PolicyKind;
      readonly reply: SmtpReply;
      readonly cause: DeferralCause;
    };

export interface TransportSecurity extends AsyncDisposable {
  /** Never rejects. */
  demandOf(server: MailServerOf): Promise<TlsDemand>;
  /** A session came to be, or did not (`failure`): counted in the words of RFC 8460 §4.3. */
  noteSession(server: MailServerOf, demand: TlsDemand, failure?: unknown): void;
}
