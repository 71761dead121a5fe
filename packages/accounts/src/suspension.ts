// What stops an account: from sending only, or from everything. Pure.
//
// From sending only: its owner still gets mail and reads it, and can be told why; that is what a stolen password needs. From
// everything: mail for it is refused and nobody logs in.

export interface Suspension {
  readonly scope: 'sending' | 'all';
  /** For the operator, and for the owner at MAIL; one line. */
  readonly reason: string;
  readonly sinceMs: number;
  readonly by: 'operator' | 'watch';
  /** Somebody looked and is sure: what was learned about the sender is used at every site. */
  readonly isConfirmedSpammer: boolean;
}

export type NewSuspension = Pick<Suspension, 'scope' | 'reason' | 'by'> &
  Partial<Pick<Suspension, 'isConfirmedSpammer'>>;

/** Absent: the site's limit holds. */
export interface SendLimitsOfAccount {
  readonly recipientsPerHour?: number;
  readonly recipientsPerDay?: number;
}

const reasonMaxLength = 300;

/** What holds after somebody suspends what may be suspended already: never less than before. */
export function suspendedAlso(
  before: Suspension | undefined,
  { scope, reason, by, isConfirmedSpammer = false }: NewSuspension,
  nowMs: number,
): Suspension {
  const line = reason
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, reasonMaxLength);
  return {
    scope: before?.scope === 'all' ? 'all' : scope,
    // A watch that finds out again does not write over the word of a person.
    ...(before?.by === 'operator' && by === 'watch'
      ? { reason: before.reason, by: before.by }
      : { reason: line === '' ? (before?.reason ?? '') : line, by }),
    sinceMs: before?.sinceMs ?? nowMs,
    isConfirmedSpammer: isConfirmedSpammer || before?.isConfirmedSpammer === true,
  };
}
