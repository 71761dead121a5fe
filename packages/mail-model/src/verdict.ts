// What policy thinks of a message, with reasons. Worst verdict wins; reasons are kept in the order they were found.
export type VerdictAction = 'accept' | 'tag' | 'quarantine' | 'defer' | 'reject';

export interface VerdictReason {
  /** Name of the check, for example "received-count". */
  readonly check: string;
  /** One sentence for the operator. */
  readonly detail: string;
}

export interface Verdict {
  readonly action: VerdictAction;
  readonly reasons: readonly VerdictReason[];
}

/** Nothing was found. */
export const acceptVerdict: Verdict = { action: 'accept', reasons: [] };
