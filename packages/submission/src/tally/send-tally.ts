// How many recipients every account has sent to: the port of counting, and the sums. Pure.
//
// Hours are kept for each account, hour and site, and a site only ever counts for itself. So what sites tell each other may come
// twice and in pieces: the last word of a site about one of its hours counts. Minutes are for bursts: all nodes of the site count
// them together, and nobody tells them to another site, because an account logs in at its home.
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

export interface BurstCount {
  /** Minutes since 1970. */
  readonly minute: number;
  readonly recipients: number;
}

export interface SendSums {
  readonly lastMinute: number;
  readonly lastTenMinutes: number;
  readonly lastHour: number;
  readonly lastDay: number;
}

export const hourMs = 3_600_000;
export const minuteMs = 60_000;
const hoursOfADay = 24;
const minutesOfABurst = 10;

export function hourOf(nowMs: number): number {
  return Math.floor(nowMs / hourMs);
}

export function minuteOf(nowMs: number): number {
  return Math.floor(nowMs / minuteMs);
}

/** Before this hour nothing counts any more. */
export function oldestHour(nowMs: number): number {
  return hourOf(nowMs) - hoursOfADay;
}

/** Before this minute nothing counts for a burst. */
export function oldestMinute(nowMs: number): number {
  return minuteOf(nowMs) - minutesOfABurst;
}

/** Of all sites together; the oldest hour, or minute, counts by the part of it that is within the span. */
export function sumUp(
  hours: Iterable<Omit<SendCount, 'account'>>,
  minutes: Iterable<BurstCount>,
  nowMs: number,
): SendSums {
  const byHour = sliding(hourOf(nowMs), 1 - (nowMs / hourMs - hourOf(nowMs)));
  const byMinute = sliding(minuteOf(nowMs), 1 - (nowMs / minuteMs - minuteOf(nowMs)));
  let [lastMinute, lastTenMinutes, lastHour, lastDay] = [0, 0, 0, 0];
  for (const { hour, recipients } of hours) {
    lastHour += recipients * byHour(hour, 1);
    lastDay += recipients * byHour(hour, hoursOfADay);
  }
  for (const { minute, recipients } of minutes) {
    lastMinute += recipients * byMinute(minute, 1);
    lastTenMinutes += recipients * byMinute(minute, minutesOfABurst);
  }
  return {
    lastMinute: Math.ceil(lastMinute),
    lastTenMinutes: Math.ceil(lastTenMinutes),
    lastHour: Math.ceil(lastHour),
    lastDay: Math.ceil(lastDay),
  };
}

/** How much of a unit lies within the last `span` units. */
function sliding(now: number, partOfOldest: number): (unit: number, span: number) => number {
  return (unit, span) => {
    const age = now - unit;
    if (age < span) return 1;
    return age === span ? partOfOldest : 0;
  };
}
