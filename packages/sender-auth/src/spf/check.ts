// What one run of check_host() carries from record to record (RFC 7208 §4.1, §4.6.4): who is asked about, and what is spent.
import type { Resolver } from '@restante/dns';
import type { Parsed } from '@restante/mail-model';
import type { Waiting } from '../ask-dns.ts';
import type { IpAddress } from './network.ts';
import type { SpfRecord } from './record.ts';

export interface Check extends Waiting {
  readonly resolver: Pick<Resolver, 'resolve' | 'reverse'>;
  readonly client: IpAddress;
  readonly clientText: string;
  readonly localPart: string;
  /** Of the sender, in A-labels; the first domain that is checked. */
  readonly senderDomain: string;
  readonly helo: string;
  /** Our own name. */
  readonly receiver: string;
  readonly nowSeconds: number;
  /** Reads a record, or remembers having read it. */
  parse(text: string): Parsed<SpfRecord>;
  readonly spent: Spent;
}

export interface Spent {
  /** Terms that ask DNS: include, a, mx, ptr, exists, redirect. */
  terms: number;
  /** Questions to which there was no record. */
  voids: number;
  /** The client's names (PTR), once they were asked for. */
  ptr?: Promise<PtrNames>;
  /** Names that were looked up: do they lead to the client? */
  readonly validated: Map<string, Promise<boolean>>;
}

export interface PtrNames {
  readonly names: readonly string[];
  readonly isVoid: boolean;
}

/** An end of the whole evaluation before its time. */
export interface Stop {
  readonly result: 'temperror' | 'permerror';
  readonly problem: string;
}

// §4.6.4.
const termsMax = 10;
const voidsMax = 2;

/** §4.6.4: at most ten terms that ask DNS, over all includes and redirects. */
export function spendTerm(spent: Spent): Stop | undefined {
  spent.terms += 1;
  return spent.terms > termsMax
    ? { result: 'permerror', problem: `The record needs more than ${termsMax} DNS lookups.` }
    : undefined;
}

/** §4.6.4: at most two questions that find nothing. */
export function spendVoid(spent: Spent): Stop | undefined {
  spent.voids += 1;
  return spent.voids > voidsMax
    ? {
        result: 'permerror',
        problem: `The record asks for more than ${voidsMax} names that are not there.`,
      }
    : undefined;
}
