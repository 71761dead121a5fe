// DMARC (RFC 9989, RFC 7489 records): does the domain in From stand behind this message?
//
// Promises
// - The organizational domain and the policy come from the tree walk (RFC 9989 §4.10), at most eight questions however long the name.
// - DNS that could not tell is temperror; a second From, or none, is permerror and `problem` says so (threat 28).
// - Never throws but for its signal.
import type { Resolver } from '@restante/dns';
import type { SpfAnswer } from '../spf/check-host.ts';

export interface DmarcQuestion {
  /** Domains of all addresses in all From fields, lower-case A-labels; DMARC needs exactly one. */
  readonly fromDomains: readonly string[];
  readonly spf: Pick<SpfAnswer, 'result' | 'domain'>;
  /** Verified signatures: domain of d=. */
  readonly dkim: readonly { readonly result: string; readonly domain: string }[];
}

export interface DmarcAnswer {
  readonly result: 'none' | 'pass' | 'fail' | 'temperror' | 'permerror';
  readonly fromDomain: string;
  /** What the domain asks for when it fails; for a subdomain its sp=, for one that does not exist np=. With t=y one step milder (§4.7). */
  readonly policy: 'none' | 'quarantine' | 'reject';
  readonly alignedBy: readonly ('spf' | 'dkim')[];
  /** Where the record stands. */
  readonly recordAt?: string;
  readonly orgDomain?: string;
  /** rua=, as they are written: where aggregate reports may go. */
  readonly reportTo?: readonly string[];
  readonly problem?: string;
}

export interface DmarcOptions {
  readonly resolver: Pick<Resolver, 'resolve'>;
  readonly budgetMs: number;
}

export interface Dmarc {
  check(question: DmarcQuestion, signal?: AbortSignal): Promise<DmarcAnswer>;
}
