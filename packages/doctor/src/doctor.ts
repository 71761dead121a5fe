// What the world sees of a site, looked at from the site itself: the operator's first question when mail does not arrive.
//
// Promises
// - A check that could not be made is "unknown" with the reason, never "fine". Every check ends within its budget.
// - Every finding that is not fine says what to do, in the words of whoever does it (a DNS record to write, a command to run).
// - Looks only: nothing is changed, no mail is sent.

export interface Finding {
  /**
   * "ptr", "helo", "listed", "mx", "spf", "dkim", "dmarc", "mta-sts", "tlsa", "certificate", "port-25-in", "port-25-out", "clock",
   * "mirror", "resolver".
   */
  readonly check: string;
  /** The address, domain or host it is about. */
  readonly subject: string;
  /** notice: works, and could be better. problem: somebody's mail suffers, or soon will. */
  readonly state: 'fine' | 'notice' | 'problem' | 'unknown';
  /** What was found; printable, one line. */
  readonly found: string;
  /** What to do about it; present unless fine. */
  readonly remedy?: string;
}

export interface Diagnosis {
  readonly site: string;
  readonly atMs: number;
  readonly findings: readonly Finding[];
}

export interface Doctor extends AsyncDisposable {
  /** Looks now; who asks while a look is under way gets that one. Never rejects but for its signal. */
  run(options?: { readonly signal?: AbortSignal }): Promise<Diagnosis>;
  /** The last one; undefined before the first. */
  last(): Diagnosis | undefined;
  /** Looks by itself from now on, the first time after a minute. */
  start(): void;
}

export type DoctorEvent =
  /** After every look. */
  | {
      readonly name: 'doctor.ran';
      readonly tookMs: number;
      /** Every check that looked, every state: also 0. */
      readonly counts: readonly {
        readonly check: string;
        readonly state: Finding['state'];
        readonly count: number;
      }[];
    }
  /** Was not there in the look before. */
  | { readonly name: 'doctor.problem'; readonly finding: Finding }
  | { readonly name: 'doctor.mended'; readonly check: string; readonly subject: string }
  /** One of our addresses or domains is on a block list: when it is found, and with every look until it is gone. */
  | { readonly name: 'doctor.listed'; readonly subject: string; readonly zone: string };
