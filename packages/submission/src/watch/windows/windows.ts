// What an account did within the window: the port of short counts, and their sums. Pure.
//
// Counts stand in buckets, six a window; the oldest one counts whole, so a window is at most a sixth too long.
export interface Windows {
  /** Adds and gives the sums with it. Never throws and never waits long. */
  add(account: string, counted: Counted): Promise<WindowSums>;
  clear(account: string): Promise<void>;
}

export type Counter =
  | 'messages'
  | 'recipients'
  | 'fresh'
  | 'delivered'
  | 'rejected'
  | 'unknown'
  | 'spam';

export interface Counted extends Partial<Readonly<Record<Counter, number>>> {
  readonly network?: string;
}

export interface WindowSums extends Readonly<Record<Counter, number>> {
  /** Different networks. */
  readonly networks: number;
}

export const bucketsOfAWindow = 6;
export const counters: readonly Counter[] = [
  'messages',
  'recipients',
  'fresh',
  'delivered',
  'rejected',
  'unknown',
  'spam',
];
/** More networks than this say nothing new. */
export const networksMax = 64;

export function bucketOf(nowMs: number, windowMs: number): number {
  return Math.floor(nowMs / (windowMs / bucketsOfAWindow));
}

/** "bucket:counter" or "bucket@network". */
export function fieldsOf(counted: Counted, bucket: number): readonly (readonly [string, number])[] {
  const fields = counters.flatMap((counter) => {
    const count = counted[counter];
    return count === undefined || count === 0 ? [] : [[`${bucket}:${counter}`, count] as const];
  });
  return counted.network === undefined
    ? fields
    : [...fields, [`${bucket}@${counted.network}`, 1] as const];
}

/** Of the fields that are young enough. */
export function sumFields(fields: Iterable<readonly [string, number]>, bucket: number): WindowSums {
  const sums: Record<string, number> = Object.fromEntries(counters.map((name) => [name, 0]));
  const networks = new Set<string>();
  for (const [field, count] of fields) {
    const parts = /^(\d{1,15})([:@])(.{1,64})$/.exec(field);
    const [, at, mark, name = ''] = parts ?? [];
    if (at === undefined || Number(at) <= bucket - bucketsOfAWindow) continue;
    if (mark === '@') networks.add(name);
    else if (sums[name] !== undefined && Number.isSafeInteger(count))
      sums[name] += Math.max(0, count);
  }
  return { ...(sums as Record<Counter, number>), networks: networks.size };
}

/** Of two who counted the same: what one of them forgot, the other knows. */
export function largerOf(one: WindowSums, other: WindowSums): WindowSums {
  const larger = counters.map((name) => [name, Math.max(one[name], other[name])] as const);
  return {
    ...(Object.fromEntries(larger) as Record<Counter, number>),
    networks: Math.max(one.networks, other.networks),
  };
}

export function isOld(field: string, bucket: number): boolean {
  return !(Number.parseInt(field, 10) > bucket - bucketsOfAWindow);
}
