// How many recipients every account has sent to: the port of counting, and the sums. Pure.
//
// Counts are kept for each account, hour and site, and a site only ever counts for itself. So what sites tell each other may come
// twice and in pieces: the last word of a site about one of its hours counts.
export interface SendTally {
  /** Adds (or takes back, when negative) and gives the sums with it. Never throws and never waits long. */
  add(account: string, recipients: number): Promise<SendSums>;
  /** What this site counted within the last day, for the other sites. */
  ownCounts(): Promise<readonly SendCount[]>;
  /** What another site counted. */
  noteCounts(site: string, counts: readonly SendCount[]): Promise<void>;
}

export interface SendCount {
  readonly account: string;
  /** Hours since 1970. */
  readonly hour: number;
  readonly recipients: number;
}

export interface SendSums {
  readonly lastHour: number;
  readonly lastDay: number;
}

export const hourMs = 3_600_000;
const hoursOfADay = 24;

export function hourOf(nowMs: number): number {
  return Math.floor(nowMs / hourMs);
}

/** Before this hour nothing counts any more. */
export function oldestHour(nowMs: number): number {
  return hourOf(nowMs) - hoursOfADay;
}

/** Of all sites together; the oldest hour counts by the part of it that is within the span. */
export function sumUp(counts: Iterable<Omit<SendCount, 'account'>>, nowMs: number): SendSums {
  const now = hourOf(nowMs);
  const partOfOldest = 1 - (nowMs - now * hourMs) / hourMs;
  let lastHour = 0;
  let lastDay = 0;
  for (const { hour, recipients } of counts) {
    const age = now - hour;
    if (age <= 0) lastHour += recipients;
    else if (age === 1) lastHour += recipients * partOfOldest;
    if (age < hoursOfADay) lastDay += recipients;
    else if (age === hoursOfADay) lastDay += recipients * partOfOldest;
  }
  return { lastHour: Math.ceil(lastHour), lastDay: Math.ceil(lastDay) };
}
