// A site's own Redis on loopback: append-only file, never throws a job away. It outlives the command that starts it and
// is found again by its pid file.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lookAtRedis } from '../commands/redis-look.ts';
import { CliError } from '../errors.ts';
import { siteFilesIn } from './layout.ts';
import { endChild, livePid } from './processes.ts';

export const redisMark = 'redis-server';
const startMaxMs = 20_000;

export interface RedisStart {
  readonly siteDir: string;
  readonly port: number;
  readonly signal?: AbortSignal;
}

/** The pid of the Redis of this site, running before or started now; resolves when it answers. */
export async function startRedis({ siteDir, port, signal }: RedisStart): Promise<number> {
  const files = siteFilesIn(siteDir);
  const running = await livePid(files.redisPid, redisMark);
  if (running !== undefined) return running;

  await mkdir(files.redis, { recursive: true });
  const log = await open(join(files.redis, 'redis.log'), 'a');
  try {
    const child = spawn('redis-server', redisArguments(files.redis, port), {
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
    });
    await once(child, 'spawn').catch((cause: unknown) => {
      throw new CliError(
        'FOUND_A_PROBLEM',
        'redis-server is not installed. Debian and Ubuntu: apt install redis-server; macOS: brew install redis.',
        { cause },
      );
    });
    child.unref();
    try {
      await untilAnswering({ siteDir, port, ...(signal ? { signal } : {}) }, child);
    } catch (failure) {
      await endChild(child);
      throw failure;
    }
    return child.pid ?? 0;
  } finally {
    await log.close();
  }
}

function redisArguments(dir: string, port: number): readonly string[] {
  const settings = {
    port,
    bind: '127.0.0.1',
    dir,
    appendonly: 'yes',
    save: '',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
    pidfile: join(dir, 'redis.pid'),
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

async function untilAnswering(
  { siteDir, port, signal }: RedisStart,
  child: ChildProcess,
): Promise<void> {
  const deadline = Date.now() + startMaxMs;
  while ((await lookAtRedis(`redis://127.0.0.1:${port}`)).kind !== 'answered') {
    if (child.exitCode !== null || Date.now() > deadline) {
      const log = join(siteFilesIn(siteDir).redis, 'redis.log');
      throw new CliError(
        'FOUND_A_PROBLEM',
        `The Redis at port ${port} did not start; ${log} says why.`,
      );
    }
    await sleep(30, undefined, signal ? { signal } : {});
  }
}
