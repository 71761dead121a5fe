// What travels with a message between two sites of the cluster, beside envelope and bytes (design §4.3).
import type { Origin } from './origin.ts';
import type { Verdict } from './verdict.ts';

export interface HopNote {
  /** Cluster-wide id: a site that already has it for a recipient says 250 and stores nothing (law 6). */
  readonly messageId: string;
  readonly origin: Origin;
  readonly verdict: Verdict;
  /** Fingerprint of the bytes as the stranger sent them; see spool/src/spool.ts. */
  readonly fingerprint: string;
  /** The stranger may never have seen our 250, so it may have sent the same bytes to another site too (RFC 1047). */
  readonly replyUnconfirmed: boolean;
  /** SHA-256 of the bytes on the wire, base64url; what the signature covers. */
  readonly sha256: string;
  /** Sites this message has passed, oldest first; a site that finds itself in it stops the loop. */
  readonly path: readonly string[];
  /**
   * Not for a mailbox of the cluster: the sending site does not get through to its domain, and asks this one to. Only from a peer,
   * and never back to a site in `path`.
   */
  readonly onward?: true;
}
