// Windows of all nodes of a site: one hash an account in its Redis, gone by itself when the window is.
//
// Everything is counted in this process as well. A Redis that does not answer in time is left alone for some seconds, and the
// process goes by what it saw itself: fewer suspicions, never a wrong one.
import { withinDeadline, type Clock, type RedisCaller } from '@restante/runtime';
import {
  bucketOf,
  bucketsOfAWindow,
  fieldsOf,
  isOld,
  largerOf,
  networksMax,
  sumFields,
  type Counted,
  type Windows,
  type WindowSums,
} from './windows.ts';

export interface RedisWindowsOptions {
  readonly redis: RedisCaller;
  readonly prefix: string;
  readonly windowMs: number;
  readonly clock: Clock;
  /** What counts meanwhile. */
  readonly own: Windows;
  readonly onTrouble: (cause: unknown) => void;
}

const answerMaxMs = 500;
const leftAloneMs = 5_000;
const oldFieldsMax = 50;

export function createRedisWindows(options: RedisWindowsOptions): Windows {
  const { redis, windowMs, clock, own } = options;
  const keyFor = (account: string) => `${options.prefix}sending:${account}`;
  let askAgainMs = -Infinity;

  const bump = async (account: string, counted: Counted): Promise<WindowSums> => {
    const key = keyFor(account);
    const bucket = bucketOf(clock.now(), windowMs);
    const wanted = fieldsOf(counted, bucket);
    // Commands of one connection run in the order they were given.
    const [answer] = await Promise.all([
      Promise.all([
        ...wanted.map(async ([field, count]) =>
          field.includes('@')
            ? redis.call('HSETNX', key, field, 1)
            : redis.call('HINCRBY', key, field, count),
        ),
        redis.call('HGETALL', key),
      ]).then((answers) => answers.at(-1)),
      redis.call(
        'EXPIRE',
        key,
        Math.ceil((windowMs * (bucketsOfAWindow + 1)) / bucketsOfAWindow / 1000),
      ),
    ]);
    const fields = fieldsIn(answer);
    const sums = sumFields(fields, bucket);
    const old = fields.map(([field]) => field).filter((field) => isOld(field, bucket));
    const tooMany =
      sums.networks > networksMax && counted.network !== undefined
        ? [`${bucket}@${counted.network}`]
        : [];
    if (old.length > oldFieldsMax || tooMany.length > 0)
      await redis.call('HDEL', key, ...old, ...tooMany, '-');
    return sums;
  };

  const inTime = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    if (clock.monotonicMs() < askAgainMs) return undefined;
    let cause: unknown = new Error('Redis did not answer in time.');
    const answer = work().catch((failure: unknown) => {
      cause = failure;
      return undefined;
    });
    const value = (await withinDeadline(answer, answerMaxMs)) ? await answer : undefined;
    if (value === undefined) {
      askAgainMs = clock.monotonicMs() + leftAloneMs;
      options.onTrouble(cause);
    }
    return value;
  };

  return {
    async add(account, counted) {
      const here = await own.add(account, counted);
      const shared = await inTime(async () => bump(account, counted));
      return shared === undefined ? here : largerOf(here, shared);
    },
    async clear(account) {
      await own.clear(account);
      await inTime(async () => (await redis.call('DEL', keyFor(account))) ?? 0);
    },
  };
}

/** Redis is asked, not trusted. */
function fieldsIn(answer: unknown): readonly (readonly [string, number])[] {
  const flat: readonly unknown[] = Array.isArray(answer)
    ? answer
    : Object.entries(answer ?? {}).flat();
  const fields: (readonly [string, number])[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2)
    fields.push([String(flat[at]), Number(flat[at + 1])]);
  return fields;
}
