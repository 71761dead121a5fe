// A case of SPF: a zone, a client, and what RFC 7208 says about it. The same cases are put to pyspf.
import type { Zone } from '@restante/dns';
import type { SpfResult } from '../../src/index.ts';
import type { Faults } from '../zone-resolver.ts';

export interface SpfCase {
  /** Where in RFC 7208 it stands. */
  readonly rule: string;
  readonly title: string;
  /** The TXT record of example.test. */
  readonly record: string;
  readonly zone?: Zone;
  readonly faults?: Faults;
  /** Default 192.0.2.1. */
  readonly ip?: string;
  /** Default ana@example.test. */
  readonly from?: string;
  readonly helo?: string;
  readonly want: SpfResult;
  /** Empty: that there is none. */
  readonly explanation?: string;
  readonly mechanism?: string;
  /** What pyspf says instead, and why we do not. */
  readonly pyspf?: { readonly says: string; readonly why: string };
}

/** Other records of the zone. */
export function txt(...texts: readonly string[]): { readonly TXT: readonly string[][] } {
  return { TXT: texts.map((text) => [text]) };
}
