// How long to wait after so many wrong tries. Pure.

export interface WaitRule {
  /** Wrong tries that cost nothing. */
  readonly free: number;
  readonly firstMs: number;
  readonly maxMs: number;
}

/** After `count` wrong tries; doubles with each. */
export function waitAfter({ free, firstMs, maxMs }: WaitRule, count: number): number {
  if (count < free) return 0;
  // Beyond 2^40 it is the most anyway, and a shift must not overflow.
  return Math.min(firstMs * 2 ** Math.min(count - free, 40), maxMs);
}
