// How fast a backlog goes, and when it will be gone. Pure: the clock is the caller's.
//
// A sliding window of whole seconds in a ring: constant memory, and old speed is forgotten in steps.

export interface RateMeter {
  add(nowMs: number, count?: number): void;
  /** Per second, over the window (or since the first addition when that is less). */
  ratePerSecond(nowMs: number): number;
  /** Undefined: nothing moves, so nobody knows. */
  etaSeconds(nowMs: number, remaining: number): number | undefined;
}

export function createRateMeter({
  windowSeconds = 30,
}: { readonly windowSeconds?: number } = {}): RateMeter {
  // One slot more than the window: the running second is only partly over.
  const slots = new Float64Array(windowSeconds + 1);
  let newest = Number.NaN;
  let firstMs = Number.NaN;

  function turnTo(second: number): void {
    if (Number.isNaN(newest)) newest = second;
    const steps = Math.min(second - newest, slots.length);
    for (let step = 1; step <= steps; step += 1) slots[(newest + step) % slots.length] = 0;
    newest = Math.max(newest, second);
  }

  function ratePerSecond(nowMs: number): number {
    if (Number.isNaN(firstMs)) return 0;
    turnTo(Math.floor(nowMs / 1000));
    const total = slots.reduce((sum, count) => sum + count, 0);
    const coveredMs = windowSeconds * 1000 + (nowMs % 1000);
    return total / (Math.max(1000, Math.min(nowMs - firstMs, coveredMs)) / 1000);
  }

  return {
    add(nowMs, count = 1) {
      if (Number.isNaN(firstMs)) firstMs = nowMs;
      const second = Math.floor(nowMs / 1000);
      turnTo(second);
      const at = newest % slots.length;
      slots[at] = (slots[at] ?? 0) + count;
    },
    ratePerSecond,
    etaSeconds(nowMs, remaining) {
      if (remaining <= 0) return 0;
      const rate = ratePerSecond(nowMs);
      return rate > 0 ? remaining / rate : undefined;
    },
  };
}
