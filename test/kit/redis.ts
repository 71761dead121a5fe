// A real redis-server of one's own: free port, own directory, loopback only, gone when the test is.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly dir: string;
  readonly pid: number;
  /** kill -9. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>;
  /** Starts it again on the same port and directory; `empty` throws its data away first. */
  restart(options?: { readonly empty?: boolean; readonly args?: readonly string[] }): Promise<void>;
  /** SIGSTOP and SIGCONT: connected, but silent. */
  freeze(): void;
  thaw(): void;
}

export interface RedisServerOptions {
  readonly dir?: string;
  readonly port?: number;
  /** Further arguments, for example ['--maxmemory-policy', 'allkeys-lru']. */
  readonly args?: readonly string[];
  /** Runs a Sentinel with this configuration file instead of a server. */
  readonly sentinelConf?: string;
}

const startDeadlineMs = 10_000;

export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'restante-redis-')));
  const port = options.port ?? (await freePort());
  const { sentinelConf } = options;
  let child = await launch({ dir, port, sentinelConf, args: options.args ?? [] });

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGCONT');
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  return {
    port,
    dir,
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child.pid ?? 0;
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async restart({ empty = false, args = options.args ?? [] } = {}) {
      await end('SIGKILL');
      if (empty) await rm(join(dir, 'appendonlydir'), { recursive: true, force: true });
      child = await launch({ dir, port, sentinelConf, args });
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
      if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}

interface Launch {
  readonly dir: string;
  readonly port: number;
  readonly args: readonly string[];
  readonly sentinelConf: string | undefined;
}

async function launch({ dir, port, args, sentinelConf }: Launch): Promise<ChildProcess> {
  const shared = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--daemonize', 'no'];
  const own =
    sentinelConf === undefined
      ? [...shared, '--save', '', '--appendonly', 'yes', ...args]
      : [sentinelConf, '--sentinel', ...shared, ...args];
  const child = spawn('redis-server', own, { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout?.resume();
  // A test that crashes must not leave a server behind.
  const onExit = () => void child.kill('SIGKILL');
  process.once('exit', onExit);
  child.once('exit', () => process.removeListener('exit', onExit));

  const deadline = Date.now() + startDeadlineMs;
  while (!(await answersPing(port))) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`redis-server on port ${port} did not start.`);
    await sleep(20);
  }
  return child;
}

async function answersPing(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(1000, () => socket.destroy());
  try {
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    // A server with a password answers too, in its way.
    return /^(\+PONG|-NOAUTH)/.test(answer.toString('latin1'));
  } catch {
    // Not listening yet, or still loading its data: asked again.
    return false;
  } finally {
    socket.destroy();
  }
}
