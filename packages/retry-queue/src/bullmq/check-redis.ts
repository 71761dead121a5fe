// Is this Redis fit to keep a timetable? Asked once before the node starts.
import { RetryQueueError } from '../errors.ts';
import type { RedisClient } from './connections.ts';
import { isRefusal } from './redis-failure.ts';

const oldest = [6, 2] as const;

/** `shown` is the URL without credentials, for the command in the message. */
export async function checkRedis(client: RedisClient, shown: string): Promise<void> {
  const version = field(await client.info('server'), 'redis_version');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    throw new RetryQueueError('REDIS_TOO_OLD', {
      detail: `It is ${version}; install Redis 6.2 or newer.`,
    });
  }
  const policy = await evictionPolicy(client);
  if (policy !== 'noeviction') {
    throw new RetryQueueError('WRONG_EVICTION_POLICY', {
      detail:
        `It is "${policy}". Mend it with: redis-cli -u ${shown} CONFIG SET maxmemory-policy noeviction` +
        ' and write "maxmemory-policy noeviction" into redis.conf so that it stays.',
    });
  }
}

async function evictionPolicy(client: RedisClient): Promise<string> {
  try {
    const answer: unknown = await client.config('GET', 'maxmemory-policy');
    if (Array.isArray(answer) && typeof answer[1] === 'string') return answer[1];
  } catch (cause) {
    // An ACL may deny CONFIG (threat 31 recommends it); INFO tells the same.
    if (!isRefusal(cause)) throw cause;
  }
  return field(await client.info('memory'), 'maxmemory_policy');
}

function field(info: string, name: string): string {
  return new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? 'unknown';
}
