// How often somebody did something within the last window, for very many somebodies in bounded memory.
//
// Two fixed buckets a key, weighted by how much of the older one still lies in the window: close to a sliding window at the
// cost of two numbers. The key that was used least recently is forgotten first.
export interface RateCounter {
  /** Counts one more; answers how many there were within the window, this one included. */
  add(key: string, nowMs: number): number;
  /** The same without counting. */
  count(key: string, nowMs: number): number;
  forget(key: string): void;
}

interface Buckets {
  windowStartMs: number;
  current: number;
  previous: number;
}

export function createRateCounter({
  windowMs,
  keysMax,
}: {
  readonly windowMs: number;
  readonly keysMax: number;
}): RateCounter {
  // A Map keeps the order of insertion: taking a key out and putting it back makes it the most recent.
  const byKey = new Map<string, Buckets>();
  const bucketsOf = (key: string, nowMs: number): Buckets => {
    const known = byKey.get(key);
    const windowStartMs = nowMs - (nowMs % windowMs);
    if (known === undefined) return { windowStartMs, current: 0, previous: 0 };
    if (known.windowStartMs === windowStartMs) return known;
    const isNext = known.windowStartMs + windowMs === windowStartMs;
    return { windowStartMs, current: 0, previous: isNext ? known.current : 0 };
  };
  const weigh = ({ windowStartMs, current, previous }: Buckets, nowMs: number): number =>
    current + previous * (1 - (nowMs - windowStartMs) / windowMs);

  return {
    add(key, nowMs) {
      const buckets = bucketsOf(key, nowMs);
      buckets.current += 1;
      byKey.delete(key);
      byKey.set(key, buckets);
      if (byKey.size > keysMax) byKey.delete(byKey.keys().next().value ?? '');
      return weigh(buckets, nowMs);
    },
    count: (key, nowMs) => weigh(bucketsOf(key, nowMs), nowMs),
    forget: (key) => void byKey.delete(key),
  };
}
