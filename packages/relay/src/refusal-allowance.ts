// How many refusals of strangers the diary takes: everything of an ordinary day, and of a flood the beginning. Whoever floods us must not
// fill the disk with what he heard. Pure.

/** Taken at once after quiet times. */
const burst = 6000;
/** At about a KiB each, a flood that goes on all day writes less than a GiB. */
const perSecond = 10;

export interface RefusalAllowance {
  /** True while there is room for one more. */
  take(nowMs: number): boolean;
}

export function createRefusalAllowance(): RefusalAllowance {
  let left = burst;
  let sinceMs = Number.NEGATIVE_INFINITY;
  return {
    take(nowMs) {
      // A clock that steps back gives nothing.
      left = Math.min(burst, left + (Math.max(0, nowMs - sinceMs) / 1000) * perSecond);
      sinceMs = nowMs;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
