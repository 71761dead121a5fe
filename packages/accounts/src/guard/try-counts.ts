// Counted things that are forgotten by themselves: wrong tries, and who came in from where.
//
// Promises
// - add() with a mark that is remembered already counts nothing: the same wrong password again teaches a guesser nothing, and
//   the phone that was not told the new one must not lock its owner out.
// - Nothing here throws because somebody else is away.

export interface Count {
  readonly count: number;
  readonly lastAtMs: number;
}

export interface Addition {
  readonly atMs: number;
  /** Forgotten when nothing was added for so long. */
  readonly keepMs: number;
  /** What makes it different from the last few; without one it always counts. */
  readonly mark?: string;
}

export interface TryCounts {
  /** In the order of the keys; { count: 0 } for what is not known. */
  look(keys: readonly string[]): Promise<readonly Count[]>;
  add(key: string, addition: Addition): Promise<void>;
  forget(key: string): Promise<void>;
}

export const noCount: Count = { count: 0, lastAtMs: 0 };
/** Marks remembered per key. */
export const marksMax = 8;
