// What the world sees of a site, looked at from the site itself: the operator's first question when mail does not arrive.
//
// Promises
// - A check that could not be made is "unknown" with the reason, never "fine". Every check ends within its budget.
// - Every finding that is not fine says what to do, in the words of whoever does it (a DNS record to write, a command to run).

export interface Finding {
  /** "ptr", "helo", "listed", "mx", "spf", "dkim", "dmarc", "mta-sts", "tlsa", "certificate", "port-25-in", "port-25-out", "clock", "mirror" ... */
  readonly check: string;
  /** The address, domain or host it is about. */
  readonly subject: string;
  readonly state: 'fine' | 'notice' | 'problem' | 'unknown';
  /** One sentence: what was found. */
  readonly found: string;
  /** What to do about it; present unless fine. */
  readonly remedy?: string;
}

export interface Diagnosis {
  readonly site: string;
  readonly atMs: number;
  readonly findings: readonly Finding[];
}
