// The counts of this process alone: what holds while Redis is away, and all there is in tests.
import type { Clock } from '@restante/runtime';
import {
  hourOf,
  minuteOf,
  oldestHour,
  oldestMinute,
  sumUp,
  type BurstCount,
  type SendCount,
  type SendTally,
} from './send-tally.ts';

interface Counts {
  /** "hour site" -> recipients. */
  readonly hours: Map<string, number>;
  /** minute -> recipients, of this site. */
  readonly minutes: Map<number, number>;
}

export function createMemorySendTally(site: string, clock: Clock): SendTally {
  const accounts = new Map<string, Counts>();
  let forgotHour = 0;

  const forget = () => {
    const hour = hourOf(clock.now());
    if (hour === forgotHour) return;
    forgotHour = hour;
    const oldest = oldestHour(clock.now());
    for (const [account, { hours }] of accounts) {
      for (const key of hours.keys()) if (hourIn(key) < oldest) hours.delete(key);
      if (hours.size === 0) accounts.delete(account);
    }
  };
  const countsOf = (account: string) => {
    forget();
    const known = accounts.get(account);
    if (known !== undefined) return known;
    const fresh: Counts = { hours: new Map(), minutes: new Map() };
    accounts.set(account, fresh);
    return fresh;
  };

  return {
    async add(account, recipients) {
      const nowMs = clock.now();
      const { hours, minutes } = countsOf(account);
      if (recipients !== 0) {
        bump(hours, keyOf(hourOf(nowMs), site), recipients);
        bump(minutes, minuteOf(nowMs), recipients);
        const oldest = oldestMinute(nowMs);
        for (const minute of minutes.keys()) if (minute < oldest) minutes.delete(minute);
      }
      return sumUp(hourRows(hours), minuteRows(minutes), nowMs);
    },
    async ownCounts() {
      forget();
      return [...accounts].flatMap(([account, { hours }]) =>
        [...hours]
          .filter(([key]) => siteIn(key) === site)
          .map(([key, recipients]): SendCount => ({ account, hour: hourIn(key), recipients })),
      );
    },
    async noteCounts(from, told) {
      const oldest = oldestHour(clock.now());
      if (from === site) return;
      for (const { account, hour, recipients } of told) {
        if (hour < oldest) continue;
        countsOf(account).hours.set(keyOf(hour, from), recipients);
      }
    },
  };
}

export function keyOf(hour: number, site: string): string {
  return `${hour} ${site}`;
}

export function hourIn(key: string): number {
  return Number(key.slice(0, key.indexOf(' ')));
}

export function siteIn(key: string): string {
  return key.slice(key.indexOf(' ') + 1);
}

function bump<Key>(counts: Map<Key, number>, key: Key, recipients: number): void {
  counts.set(key, Math.max(0, (counts.get(key) ?? 0) + recipients));
}

function* hourRows(counts: ReadonlyMap<string, number>): Iterable<Omit<SendCount, 'account'>> {
  for (const [key, recipients] of counts) yield { hour: hourIn(key), recipients };
}

function* minuteRows(counts: ReadonlyMap<number, number>): Iterable<BurstCount> {
  for (const [minute, recipients] of counts) yield { minute, recipients };
}
