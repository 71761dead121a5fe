// The counts of all nodes of a site, in its Redis: a hash for each account ("hour site" -> recipients), one for its last minutes,
// and a set of accounts.
//
// Every count is made in the memory of this process as well. When Redis does not answer in time, that one is answered from: then
// a limit holds for each node alone, and nobody is kept from sending (law 3).
import { withinDeadline, type Clock, type RedisCaller } from '@restante/runtime';
import { createMemorySendTally, hourIn, keyOf, siteIn } from './memory-send-tally.ts';
import {
  hourMs,
  hourOf,
  minuteOf,
  oldestHour,
  oldestMinute,
  sumUp,
  type BurstCount,
  type SendCount,
  type SendSums,
  type SendTally,
} from './send-tally.ts';

export interface RedisSendTallyOptions {
  readonly redis: RedisCaller;
  /** In front of our keys; one site, one prefix. */
  readonly prefix: string;
  readonly site: string;
  readonly clock: Clock;
}

const answerMaxMs = 500;
const keepSeconds = (26 * hourMs) / 1000;
const keepBurstSeconds = 11 * 60;
/** So many fields of a hash of minutes are old before they are taken out. */
const oldMinutesMax = 20;

export function createRedisSendTally(options: RedisSendTallyOptions): SendTally {
  const { redis, prefix, site, clock } = options;
  const memory = createMemorySendTally(site, clock);
  const accountsKey = `${prefix}sent`;
  const keyFor = (account: string) => `${prefix}sent:${account}`;

  const burstKeyFor = (account: string) => `${prefix}burst:${account}`;

  // Commands of one connection run in the order they were given: one trip for all of them.
  const bumpHours = async (account: string, recipients: number) => {
    const key = keyFor(account);
    if (recipients === 0) return countsIn(await redis.call('HGETALL', key));
    const field = keyOf(hourOf(clock.now()), site);
    const [count, , , counts] = await Promise.all([
      redis.call('HINCRBY', key, field, recipients),
      redis.call('EXPIRE', key, keepSeconds),
      redis.call('ZADD', accountsKey, hourOf(clock.now()), account),
      redis.call('HGETALL', key),
    ]);
    // Given back behind the end of its hour: nobody gets more in the next one for it.
    if (Number(count) < 0) await redis.call('HINCRBY', key, field, -Number(count));
    return countsIn(counts);
  };
  const bumpMinutes = async (account: string, recipients: number) => {
    const key = burstKeyFor(account);
    if (recipients === 0) return minutesIn(await redis.call('HGETALL', key));
    const minute = minuteOf(clock.now());
    const [count, , answer] = await Promise.all([
      redis.call('HINCRBY', key, String(minute), recipients),
      redis.call('EXPIRE', key, keepBurstSeconds),
      redis.call('HGETALL', key),
    ]);
    if (Number(count) < 0) await redis.call('HINCRBY', key, String(minute), -Number(count));
    const minutes = minutesIn(answer);
    const old = minutes.filter((each) => each.minute < oldestMinute(clock.now()));
    if (old.length > oldMinutesMax)
      await redis.call('HDEL', key, ...old.map((each) => String(each.minute)));
    return minutes;
  };
  const bump = async (account: string, recipients: number) =>
    Promise.all([bumpHours(account, recipients), bumpMinutes(account, recipients)]);
  const readAll = async (): Promise<SendCount[]> => {
    const oldest = oldestHour(clock.now());
    await redis.call('ZREMRANGEBYSCORE', accountsKey, '-inf', oldest - 1);
    const accounts = await redis.call('ZRANGEBYSCORE', accountsKey, oldest, '+inf');
    const counts: SendCount[] = [];
    for (const account of Array.isArray(accounts) ? accounts.map(String) : []) {
      for (const [key, recipients] of countsIn(await redis.call('HGETALL', keyFor(account)))) {
        if (siteIn(key) === site && hourIn(key) >= oldest)
          counts.push({ account, hour: hourIn(key), recipients });
      }
    }
    return counts;
  };

  return {
    async add(account, recipients) {
      const here = await memory.add(account, recipients);
      const counts = await orUndefined(bump(account, recipients));
      if (counts === undefined) return here;
      const [hours, minutes] = counts;
      const shared = sumUp(
        hours.map(([key, sent]) => ({ hour: hourIn(key), recipients: sent })),
        minutes,
        clock.now(),
      );
      return atLeast(here, shared);
    },
    async ownCounts() {
      return (await orUndefined(readAll())) ?? memory.ownCounts();
    },
    async noteCounts(from, told) {
      if (from === site) return;
      await memory.noteCounts(from, told);
      const oldest = oldestHour(clock.now());
      for (const { account, hour, recipients } of told) {
        if (hour < oldest) continue;
        const key = keyFor(account);
        await orUndefined(redis.call('HSET', key, keyOf(hour, from), recipients));
        await orUndefined(redis.call('EXPIRE', key, keepSeconds));
      }
    },
  };
}

/** A Redis that was emptied forgets what this process has not. */
function atLeast(here: SendSums, shared: SendSums): SendSums {
  return {
    lastMinute: Math.max(here.lastMinute, shared.lastMinute),
    lastTenMinutes: Math.max(here.lastTenMinutes, shared.lastTenMinutes),
    lastHour: Math.max(here.lastHour, shared.lastHour),
    lastDay: Math.max(here.lastDay, shared.lastDay),
  };
}

async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  const answer = work.catch(() => undefined);
  return (await withinDeadline(answer, answerMaxMs)) ? answer : undefined;
}

/** Redis is asked, not trusted: what is no count is none. The answer is a list or an object, as the connection likes it. */
function countsIn(answer: unknown): readonly (readonly [key: string, recipients: number])[] {
  const flat = Array.isArray(answer) ? answer : Object.entries(answer ?? {}).flat();
  const counts: (readonly [string, number])[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const recipients = Number(flat[at + 1]);
    if (Number.isSafeInteger(recipients)) counts.push([String(flat[at]), Math.max(0, recipients)]);
  }
  return counts;
}

function minutesIn(answer: unknown): readonly BurstCount[] {
  return countsIn(answer)
    .map(([key, recipients]) => ({ minute: Number(key), recipients }))
    .filter(({ minute }) => Number.isSafeInteger(minute));
}
