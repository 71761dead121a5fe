// The counts of this process alone: what holds while Redis is away, and all there is in tests.
import type { Clock } from '@restante/runtime';
import { hourOf, oldestHour, sumUp, type SendCount, type SendTally } from './send-tally.ts';

export function createMemorySendTally(site: string, clock: Clock): SendTally {
  /** account -> "hour site" -> recipients. */
  const accounts = new Map<string, Map<string, number>>();
  let forgotHour = 0;

  const forget = () => {
    const hour = hourOf(clock.now());
    if (hour === forgotHour) return;
    forgotHour = hour;
    const oldest = oldestHour(clock.now());
    for (const [account, counts] of accounts) {
      for (const key of counts.keys()) if (hourIn(key) < oldest) counts.delete(key);
      if (counts.size === 0) accounts.delete(account);
    }
  };
  const countsOf = (account: string) => {
    forget();
    const known = accounts.get(account);
    if (known !== undefined) return known;
    const fresh = new Map<string, number>();
    accounts.set(account, fresh);
    return fresh;
  };

  return {
    async add(account, recipients) {
      const counts = countsOf(account);
      const key = keyOf(hourOf(clock.now()), site);
      if (recipients !== 0) counts.set(key, Math.max(0, (counts.get(key) ?? 0) + recipients));
      return sumUp(rows(counts), clock.now());
    },
    async ownCounts() {
      forget();
      return [...accounts].flatMap(([account, counts]) =>
        [...counts]
          .filter(([key]) => siteIn(key) === site)
          .map(([key, recipients]): SendCount => ({ account, hour: hourIn(key), recipients })),
      );
    },
    async noteCounts(from, told) {
      const oldest = oldestHour(clock.now());
      if (from === site) return;
      for (const { account, hour, recipients } of told) {
        if (hour < oldest) continue;
        countsOf(account).set(keyOf(hour, from), recipients);
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

function* rows(counts: ReadonlyMap<string, number>): Iterable<Omit<SendCount, 'account'>> {
  for (const [key, recipients] of counts) yield { hour: hourIn(key), recipients };
}
