// The counts of all nodes of a site, in its Redis: a hash for each account ("hour site" -> recipients) and a set of accounts.
//
// Every count is made in the memory of this process as well. When Redis does not answer in time, that one is answered from: then
// a limit holds for each node alone, and nobody is kept from sending (law 3).
import type { Redis } from 'ioredis';
import { withinDeadline, type Clock } from '@restante/runtime';
import { createMemorySendTally, hourIn, keyOf, siteIn } from './memory-send-tally.ts';
import { hourMs, hourOf, oldestHour, sumUp, type SendCount, type SendTally } from './send-tally.ts';

export interface RedisSendTallyOptions {
  /** A connection that fails fast (no offline queue). */
  readonly redis: Pick<Redis, 'multi' | 'hgetall' | 'zrangebyscore' | 'zremrangebyscore'>;
  /** In front of our keys. */
  readonly prefix: string;
  readonly site: string;
  readonly clock: Clock;
}

const answerMaxMs = 500;
const keepSeconds = (26 * hourMs) / 1000;

export function createRedisSendTally(options: RedisSendTallyOptions): SendTally {
  const { redis, prefix, site, clock } = options;
  const memory = createMemorySendTally(site, clock);
  const accountsKey = `${prefix}sent`;
  const keyFor = (account: string) => `${prefix}sent:${account}`;

  const bump = async (account: string, recipients: number): Promise<Record<string, string>> => {
    const hour = hourOf(clock.now());
    const answers = await redis
      .multi()
      .hincrby(keyFor(account), keyOf(hour, site), recipients)
      .expire(keyFor(account), keepSeconds)
      .zadd(accountsKey, hour, account)
      .hgetall(keyFor(account))
      .exec();
    return toRecord(answers?.[3]?.[1]);
  };
  const readAll = async (): Promise<SendCount[]> => {
    const oldest = oldestHour(clock.now());
    await redis.zremrangebyscore(accountsKey, '-inf', oldest - 1);
    const accounts = await redis.zrangebyscore(accountsKey, oldest, '+inf');
    const counts: SendCount[] = [];
    for (const account of accounts) {
      for (const [key, value] of Object.entries(await redis.hgetall(keyFor(account)))) {
        if (siteIn(key) === site && hourIn(key) >= oldest)
          counts.push({ account, hour: hourIn(key), recipients: Math.max(0, Number(value)) });
      }
    }
    return counts;
  };

  return {
    async add(account, recipients) {
      const here = await memory.add(account, recipients);
      const counts = await orUndefined(bump(account, recipients));
      if (counts === undefined) return here;
      return sumUp(
        Object.entries(counts).map(([key, value]) => ({
          hour: hourIn(key),
          recipients: Math.max(0, Number(value)),
        })),
        clock.now(),
      );
    },
    async ownCounts() {
      return (await orUndefined(readAll())) ?? memory.ownCounts();
    },
    async noteCounts(from, told) {
      if (from === site) return;
      await memory.noteCounts(from, told);
      const oldest = oldestHour(clock.now());
      let transaction = redis.multi();
      for (const { account, hour, recipients } of told) {
        if (hour < oldest) continue;
        transaction = transaction
          .hset(keyFor(account), keyOf(hour, from), recipients)
          .expire(keyFor(account), keepSeconds);
      }
      await orUndefined(transaction.exec());
    },
  };
}

async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  const answer = work.catch(() => undefined);
  return (await withinDeadline(answer, answerMaxMs)) ? answer : undefined;
}

/** Redis is asked, not trusted. */
function toRecord(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([, count]) => /^-?\d+$/.test(String(count))),
  );
}
