// Lists of addresses and domains in DNS (RFC 5782, RFC 6471): is this client, or this name, on one of them, and is the list itself well?
//
// Promises
// - All lists are asked at the same time; each has its budget, and one that does not answer costs nobody more than that.
// - Answers are remembered as long as DNS says, "not listed" too. Many who ask the same at once cause one question.
// - A list that is dead, that lists the test point it must not have (127.0.0.1, RFC 5782 §5), misses the one it must have (127.0.0.2),
//   answers outside 127.0.0.0/8, or tells our resolver that it is blocked (127.255.255.252-255) is switched off, with an event; it comes
//   back by itself when its test points are right again. A hit found while a list is not known to be well counts for nothing.
// - Nothing here throws; "could not find out" is no hit, and is counted.
import type { Clock } from '@restante/runtime';
import type { Resolver } from '@restante/dns';

export type ListKind = 'address' | 'domain';

/** One list as configured: "zen.spamhaus.org". */
export interface ListSettings {
  readonly zone: string;
  readonly kind: ListKind;
  /** Added for every hit; negative for lists of good senders (DNSWL). */
  readonly points: number;
  /** Only these answers count, "127.0.0.2" or "127.0.0.4-127.0.0.7", with points of their own if they differ; empty: every 127.0.0.0/8 answer but the error codes. */
  readonly codes: readonly ListCode[];
  /** Address or domain that this list must have, where it is not the one of RFC 5782 §5. */
  readonly testPoint?: string;
}

/** Octet by octet: 127.0.0.1 to 127.0.255.3 are all that end in 1, 2 or 3. */
export interface ListCode {
  readonly from: string;
  readonly to: string;
  readonly points?: number;
  readonly meaning?: string;
}

export interface ListHit {
  readonly zone: string;
  readonly points: number;
  /** "127.0.0.4". Of several answers the one with the most weight. */
  readonly code: string;
  /** What was looked up: the address, or the domain. */
  readonly subject: string;
  readonly meaning?: string;
  /** The list's TXT record, one printable line: usually an address where to look it up or be removed. Fetched for hits with positive points only. */
  readonly text?: string;
}

export interface ListHealth {
  readonly zone: string;
  readonly state: 'unknown' | 'well' | 'off';
  /** Why it is off, one sentence with what to do. */
  readonly problem?: string;
  readonly sinceMs: number;
}

/** What one list says about a subject somebody asked about by name. */
export type ListLookup =
  | { readonly zone: string; readonly state: 'listed'; readonly hit: ListHit }
  | { readonly zone: string; readonly state: 'clean' }
  /** The list is off, was silent, or is not to be believed. */
  | { readonly zone: string; readonly state: 'unknown'; readonly why: string };

export interface BlockListsOptions {
  readonly lists: readonly ListSettings[];
  readonly resolver: Pick<Resolver, 'resolve'>;
  readonly clock: Clock;
  /** For one answer of one list. */
  readonly budgetMs: number;
  /** Pause between two looks at the test points. */
  readonly healthEveryMs: number;
  readonly onEvent: (event: BlockListEvent) => void;
  /** Our public addresses: never asked about. */
  readonly ownAddresses?: readonly string[];
  /** Loopback and private addresses are asked about, too: for laboratories, whose strangers have no others. */
  readonly privateAddresses?: boolean;
  /** Asked for test points; one that remembers nothing sees changes earlier. Default: `resolver`. */
  readonly testResolver?: Pick<Resolver, 'resolve'>;
}

export type BlockListEvent =
  | { readonly name: 'list.switched-off'; readonly zone: string; readonly problem: string }
  | { readonly name: 'list.switched-on'; readonly zone: string }
  /** One question; not counted against anybody. */
  | { readonly name: 'list.unanswered'; readonly zone: string }
  | { readonly name: 'list.hit'; readonly zone: string; readonly code: string };

export interface BlockLists extends AsyncDisposable {
  /** Loopback and private addresses are on no list and are not asked about, except in a laboratory. */
  address(address: string, signal?: AbortSignal): Promise<readonly ListHit[]>;
  domain(domain: string, signal?: AbortSignal): Promise<readonly ListHit[]>;
  /**
   * Every list's answer about an address or a domain, our own addresses too: for people who ask. Private addresses are on no
   * list: no answers.
   */
  lookUp(subject: string): Promise<readonly ListLookup[]>;
  health(): readonly ListHealth[];
  /** Looks at the test points now. */
  checkHealth(): Promise<readonly ListHealth[]>;
}
