// Counts of all nodes of the site, in its Redis: one hash per key with count, time and marks, gone by itself.
import type { RedisCaller } from '@restante/runtime';
import { type Addition, type Count, marksMax, type TryCounts } from './try-counts.ts';

// One script, so that two nodes never count one try twice or lose one.
const addScript = `
local marks = redis.call('HGET', KEYS[1], 'marks') or ''
local mark = ARGV[3]
if mark ~= '' then
  if string.find(marks, ' ' .. mark .. ';', 1, true) then return 0 end
  marks = marks .. ' ' .. mark .. ';'
  local _, kept = string.gsub(marks, ';', ';')
  for _ = 1, kept - tonumber(ARGV[4]) do marks = string.gsub(marks, '^[^;]*;', '') end
  redis.call('HSET', KEYS[1], 'marks', marks)
end
redis.call('HINCRBY', KEYS[1], 'count', 1)
redis.call('HSET', KEYS[1], 'at', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`;

export class RedisTryCounts implements TryCounts {
  readonly #redis: RedisCaller;
  readonly #prefix: string;

  constructor(redis: RedisCaller, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async look(keys: readonly string[]): Promise<readonly Count[]> {
    const looks = keys.map(async (key) =>
      this.#redis.call('HMGET', this.#prefix + key, 'count', 'at'),
    );
    return (await Promise.all(looks)).map(countOf);
  }

  async add(key: string, { atMs, keepMs, mark = '' }: Addition): Promise<void> {
    const name = this.#prefix + key;
    await this.#redis.call('EVAL', addScript, 1, name, atMs, keepMs, mark, marksMax);
  }

  async forget(key: string): Promise<void> {
    await this.#redis.call('DEL', this.#prefix + key);
  }
}

/** What stands in Redis is not trusted to be what we put there. */
function countOf(answer: unknown): Count {
  const [count, lastAtMs] = (Array.isArray(answer) ? answer : []).map(Number);
  return { count: finite(count), lastAtMs: finite(lastAtMs) };
}

function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) && value > 0 ? value : 0;
}
