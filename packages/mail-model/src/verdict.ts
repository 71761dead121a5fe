// What policy thinks of a message, with reasons. Worst verdict wins; reasons are kept in the order they were found.
export type VerdictAction = 'accept' | 'tag' | 'quarantine' | 'defer' | 'reject';

export interface VerdictReason {
  /** Name of the check, for example "received-count". */
  readonly check: string;
  /** One sentence for the operator. */
  readonly detail: string;
  /** What it weighed, where policy adds up. */
  readonly points?: number;
}

export interface Verdict {
  readonly action: VerdictAction;
  readonly reasons: readonly VerdictReason[];
  /** "likely" goes to the Junk folder of whoever wants that; "definite" has been marked in its Subject, too. */
  readonly spam?: SpamLevel;
  /** Results in the words of RFC 8601, as far as they were found out: {"spf": "pass", "dkim": "pass", "dmarc": "fail"}. */
  readonly identity?: Readonly<Record<string, string>>;
}

export type SpamLevel = 'likely' | 'definite';

/** Nothing was found. */
export const acceptVerdict: Verdict = { action: 'accept', reasons: [] };
