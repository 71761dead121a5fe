// Starts a scanner of other people's for a test: in the foreground, unprivileged, in a directory of its own, gone afterwards.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface Daemon extends AsyncDisposable {
  readonly dir: string;
  readonly child: ChildProcess;
}

/** Why a test has to be skipped, or false. */
export function whyNot(program: string): string | false {
  const { error } = spawnSync(program, ['--version'], { stdio: 'ignore' });
  return error === undefined ? false : `${program} is not installed`;
}

/** A directory that whoever the daemon runs as may write to. */
export async function daemonDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'scanner-'));
  await chmod(dir, 0o777);
  return dir;
}

export type Door = { readonly path: string } | { readonly port: number };

/** Ready when every door is open: a daemon opens them one after the other. */
export async function startDaemon(
  dir: string,
  argv: readonly [string, ...string[]],
  ...doors: readonly Door[]
): Promise<Daemon> {
  const [program, ...args] = argv;
  const child = spawn(program, args, {
    cwd: dir,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', HOME: dir, LANG: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout?.on('data', (piece: Buffer) => (said += piece.toString()));
  child.stderr?.on('data', (piece: Buffer) => (said += piece.toString()));
  const endMs = performance.now() + 30_000;
  for (const door of doors) {
    while (!(await answers(door))) {
      if (child.exitCode !== null || performance.now() > endMs)
        throw new Error(`${program} did not start: ${said}`);
      await pause(50);
    }
  }
  return {
    dir,
    child,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await Promise.race([
          once(child, 'exit'),
          pause(5000, undefined, { ref: false }).then(() => child.kill('SIGKILL')),
        ]);
      }
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function answers(door: Door): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', ...door, timeout: 1000 });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket
      .on('connect', () => end(true))
      .on('error', () => end(false))
      .on('timeout', () => end(false));
  });
}
