// Reports of others about mail, read from the message they came in: complaints (ARF, RFC 5965) and DMARC aggregates (RFC 9990, RFC 7489
// appendix C). They are counted and shown; nothing in them is believed without a look.

export interface Complaint {
  readonly kind: 'complaint';
  /** "abuse", "fraud", "virus", "not-spam", "auth-failure", "other" (RFC 5965 §7.3, RFC 6591, RFC 6430). */
  readonly feedbackType: string;
  readonly userAgent?: string;
  readonly sourceAddress?: string;
  readonly originalSender?: string;
  readonly originalRecipients: readonly string[];
  /** Message-ID of the mail that is complained about, from the third part. */
  readonly originalMessageId?: string;
  /** ISO 8601. */
  readonly arrivedAt?: string;
  /** The domain the reporter holds responsible. */
  readonly reportedDomain?: string;
  readonly incidents: number;
}

export interface DmarcAggregate {
  readonly kind: 'dmarc-aggregate';
  readonly reporter: string;
  readonly reportId: string;
  readonly domain: string;
  readonly beginMs: number;
  readonly endMs: number;
  readonly rows: readonly DmarcRow[];
  /** Rows that could not be understood. */
  readonly rowsSkipped: number;
}

export interface DmarcRow {
  readonly sourceAddress: string;
  readonly count: number;
  /** What became of them; RFC 9990's "pass" is "none". */
  readonly disposition: 'none' | 'quarantine' | 'reject';
  /** Aligned or not: DMARC's results, not those of the signature. */
  readonly dkim: 'pass' | 'fail';
  readonly spf: 'pass' | 'fail';
  readonly headerFrom: string;
}

export type Report = Complaint | DmarcAggregate;

export type ReadReport =
  | { readonly kind: 'report'; readonly report: Report }
  /** An ordinary message. */
  | { readonly kind: 'none' }
  /** Looks like a report and cannot be read. */
  | { readonly kind: 'unreadable'; readonly problem: string };
