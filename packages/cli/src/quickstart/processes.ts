// Processes by pid: is it still the one we mean, and how it is stopped. A pid alone proves nothing, because numbers are
// used again; on Linux its command line is compared, too.
import { execFile } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** True when this pid lives and `mark` is part of its command line. */
export async function isAlive(pid: number, mark: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false; // Gone, or not ours to signal.
  }
  const line = await commandLineOf(pid);
  return line.includes(mark);
}

/** The pid in a file, when that process is alive and carries the mark. */
export async function livePid(pidFile: string, mark: string): Promise<number | undefined> {
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return pid > 1 && (await isAlive(pid, mark)) ? pid : undefined;
}

/** Asks it to end; insists after the deadline. Resolves when it is gone. */
export async function stopProcess(
  pid: number,
  mark: string,
  { graceMs, now = false }: { readonly graceMs: number; readonly now?: boolean },
): Promise<void> {
  signal(pid, now ? 'SIGKILL' : 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (await isAlive(pid, mark)) {
    if (Date.now() > deadline) signal(pid, 'SIGKILL');
    await sleep(40);
  }
}

/** Ends a child of this process that did not come up. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(insist);
}

/** Starts several at the same time; when one fails the others are told to give up, and nothing is left behind. */
export async function startTogether<T>(
  starts: readonly ((signal: AbortSignal) => Promise<T>)[],
  outer: AbortSignal,
): Promise<readonly T[]> {
  const giveUp = new AbortController();
  const either = AbortSignal.any([outer, giveUp.signal]);
  const failures: unknown[] = [];
  const started = await Promise.all(
    starts.map(async (start) => {
      try {
        return [await start(either)];
      } catch (failure) {
        failures.push(failure);
        giveUp.abort();
        return [];
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
  return started.flat();
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    // ESRCH: it ended by itself meanwhile, which is what was wanted.
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ESRCH')) throw cause;
  }
}

/** Empty for a process that has ended and waits for its parent to notice. */
async function commandLineOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(
    () => ({ stdout: '' }),
  );
  return stdout;
}
