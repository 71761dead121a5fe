// The timetable in the hands of somebody hostile: keys of the wrong type, jobs that are not jobs, lists of nothing. Accepting goes on, no
// mail is lost, and when the vandal is gone everything comes home (law 1, threat 31).
import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { startBackupSite } from '../../kit/backup-site.ts';
import { numberedLetter, sendLetter } from '../../kit/dialogue.ts';
import { freePort } from '../../kit/free-port.ts';
import { startScriptedHome } from '../../kit/scripted-home.ts';
import { temporaryDirectory } from '../../kit/temporary-directory.ts';
import { until } from '../../kit/until.ts';
import { below, oneOf, randomBytes, type Random, type Target } from '../target.ts';

const lettersEachRound = 10;

export const redisValues: Target = {
  name: 'redis-values',
  async open() {
    const stack = new AsyncDisposableStack();
    const dir = stack.use(await temporaryDirectory());
    const port = await freePort();
    const home = stack.use(await startScriptedHome({ port }));
    const site = stack.use(
      await startBackupSite({
        dir: dir.path,
        home: home.endpoint,
        settings:
          '[relay]\nreconcile_interval = "1s"\n[retry]\nfirst_delay = "1s"\nretry_after_fault = "1s"\n[health]\nprobe_interval = "500ms"\n',
      }),
    );
    const redis = new Redis({ port: site.redis.port });
    stack.defer(() => redis.disconnect());
    await until(async () => (await site.homeState()) === 'up', { what: 'the home is up' });
    let number = 0;
    return {
      async round(random) {
        const before = home.taken.length;
        home.mood = 'refusing'; // What is sent stays on the timetable for the vandal.
        for (let count = 0; count < lettersEachRound; count += 1) {
          number += 1;
          const reply = await sendLetter(
            site.smtp,
            numberedLetter(number, {
              from: 'x@stranger.test',
              to: 'ana@home.test',
              sizeBytes: 600,
            }),
          );
          assert.equal(reply.code, 250, reply.text);
          if (count % 3 === 1) await vandalise(redis, random);
        }
        for (let count = 3 + below(random, 8); count > 0; count -= 1)
          await vandalise(redis, random);
        home.mood = 'well';
        // What a vandal left looking busy is found when its lock has run out: minutes, not hours.
        await until(async () => (await site.waiting()) === 0, {
          what: 'everything is handed over all the same',
          deadlineMs: 90_000,
          everyMs: 100,
        });
        const arrived = new Set(
          home.taken.slice(before).map((body) => /^X-Number: (\d+)/m.exec(body)?.[1]),
        );
        assert.equal(arrived.size, lettersEachRound, `arrived: ${[...arrived].join(' ')}`);
      },
      [Symbol.asyncDispose]: async () => await stack.disposeAsync(),
    };
  },
};

/** One thing done to one key. */
async function vandalise(redis: Redis, random: Random): Promise<void> {
  await harm(redis, random).catch((cause: unknown) => {
    // The site has put the key right between look and blow: a miss.
    if (!(cause instanceof Error && cause.message.startsWith('WRONGTYPE'))) throw cause;
  });
}

async function harm(redis: Redis, random: Random): Promise<void> {
  const keys = (await redis.keys('*')).toSorted();
  const key = keys[below(random, Math.max(1, keys.length))];
  if (key === undefined) return;
  const junk = oneOf(random, [
    '',
    '{',
    '[]',
    '{"__proto__":{"x":1}}',
    'NaN',
    '-1',
    '9'.repeat(400),
    randomBytes(random, 50).toString('latin1'),
    'x'.repeat(100_000),
  ]);
  const type = await redis.type(key);
  switch (below(random, 5)) {
    case 0:
      await redis.del(key);
      return;
    case 1:
      await redis.set(key, junk);
      return;
    case 2:
      await redis.del(key);
      await redis.lpush(key, junk, junk);
      return;
    case 3:
      await redis.del(key);
      await redis.zadd(key, below(random, 2 ** 31), junk);
      return;
    default:
      // The right type with the wrong content.
      if (type === 'hash')
        await redis.hset(
          key,
          oneOf(random, ['data', 'opts', 'timestamp', 'delay', 'stc', 'name', 'ats', 'priority']),
          junk,
        );
      else if (type === 'list') await redis.lpush(key, junk);
      else if (type === 'zset')
        await redis.zadd(key, oneOf(random, [0, -1, 2 ** 52, below(random, 2 ** 31)]), junk);
      else if (type === 'set') await redis.sadd(key, junk);
  }
}
