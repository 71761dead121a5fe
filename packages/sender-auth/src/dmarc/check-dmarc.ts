// DMARC (RFC 9989, RFC 7489 records): does the domain in From stand behind this message?
//
// Promises
// - The organizational domain and the policy come from the tree walk (RFC 9989 §4.10), at most eight questions a name however long it is.
// - DNS that could not tell is temperror, but only where its answer would have mattered; a second From, or none, is permerror and
//   `problem` says so (threat 28).
// - Never throws but for its signal.
import type { Resolver } from '@restante/dns';
import type { SpfAnswer } from '../spf/check-host.ts';
import type { DmarcPolicy, DmarcRecord } from './dmarc-record.ts';

export interface DmarcQuestion {
  /** Domains of all addresses in all From fields, lower-case A-labels; DMARC needs exactly one. See authorsOf(). */
  readonly fromDomains: readonly string[];
  /** What authorsOf() found wrong with From: then the answer is permerror, whatever the domains are. */
  readonly fromProblem?: string | undefined;
  /** RFC 9989 §4.4.2: MAIL FROM only; give the result for HELO only with a null reverse-path. */
  readonly spf: Pick<SpfAnswer, 'result' | 'domain'>;
  /** Verified signatures: domain of d=. */
  readonly dkim: readonly { readonly result: string; readonly domain: string }[];
}

export interface DmarcAnswer {
  readonly result: 'none' | 'pass' | 'fail' | 'temperror' | 'permerror';
  readonly fromDomain: string;
  /** What the domain asks for when it fails; for a subdomain its sp=, for one that does not exist np=. With t=y one step milder (§4.7). */
  readonly policy: DmarcPolicy;
  readonly alignedBy: readonly ('spf' | 'dkim')[];
  /** Where the record stands. */
  readonly recordAt?: string;
  /** The record itself, defaults filled in: what an aggregate report calls "policy published". */
  readonly record?: DmarcRecord;
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
  /** The organizational domain of a name (§4.10.2); undefined when DNS could not tell. Never throws but for its signal. */
  orgDomainOf(domain: string, signal?: AbortSignal): Promise<string | undefined>;
}
