// What TLS a session with a stranger's mail server must have before a message is named: asked of whoever knows (the package
// transport-security, structurally), for every session, never decided here.
import type { DeferralCause, SmtpReply } from '@restante/mail-model';
import type { TlsPolicy } from '@restante/smtp';

export interface AdvisedServer {
  readonly domain: string;
  readonly host: string;
  readonly port: number;
  readonly isAuthenticated: boolean;
}

export type AdvisedTls<By extends string = string> =
  | { readonly kind: 'use'; readonly by: By; readonly tls: TlsPolicy }
  | {
      readonly kind: 'avoid';
      readonly by: By;
      readonly reply: SmtpReply;
      readonly cause: DeferralCause;
    };

export interface TlsAdvice<By extends string = string> {
  demandOf(server: AdvisedServer): Promise<AdvisedTls<By>>;
  noteSession(server: AdvisedServer, demand: AdvisedTls<By>, failure?: unknown): void;
}

/** The same for everybody. */
export function sameTls(tls: TlsPolicy): TlsAdvice {
  return {
    demandOf: async () => ({ kind: 'use', by: 'none', tls }),
    noteSession: () => undefined,
  };
}
