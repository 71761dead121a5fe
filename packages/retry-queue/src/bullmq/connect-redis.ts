// Which Redis is meant, and a connection to it for others who count there.
import type { Secret } from '@restante/runtime';
import { RetryQueueError } from '../errors.ts';
import { connectProducer, type RedisClient } from './connections.ts';
import { parseRedisUrl, type RedisTarget } from './redis-url.ts';

export interface RedisAddress {
  readonly url: string;
  /** For a URL without one. */
  readonly password?: Secret;
}

/** Throws BAD_REDIS_URL. */
export function readTarget({ url, password }: RedisAddress): RedisTarget {
  const target = parseRedisUrl(url);
  if (!target.ok) throw new RetryQueueError('BAD_REDIS_URL', { detail: target.problem });
  if (target.value.password !== undefined || password === undefined) return target.value;
  return { ...target.value, password: password.reveal() };
}

/**
 * It answers within moments or fails, and keeps nothing for later. Never throws for a Redis that is away, only for a URL
 * that is none; disposing hangs up.
 */
export function connectRedis(address: RedisAddress): { readonly redis: RedisClient } & Disposable {
  const redis = connectProducer(readTarget(address));
  return { redis, [Symbol.dispose]: () => redis.disconnect() };
}
