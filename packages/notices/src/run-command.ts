// Runs the operator's program for one notice: JSON on standard input, nothing of ours in its environment, and an end.
//
// No shell, and nothing of the notice in the arguments: what a stranger may have put into a name stays data.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { NoticesError } from './errors.ts';

export interface Run {
  /** Not empty. */
  readonly command: readonly string[];
  readonly timeoutMs: number;
  readonly body: string;
  readonly signal: AbortSignal;
}

const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
};
const saidMaxLength = 500;

/** Throws COMMAND_FAILED. */
export async function runCommand({ command, timeoutMs, body, signal }: Run): Promise<void> {
  const [program = '', ...rest] = command;
  const child = spawn(program, rest, {
    env: environment,
    // A group of its own, so that what it started ends with it.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(0, saidMaxLength);
  });
  // A program that does not read its input is no failure of ours.
  child.stdin.on('error', () => undefined);
  child.stdin.end(body);
  const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const end = () => endGroup(child);
  stop.addEventListener('abort', end);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code === 0) return;
    const why = stop.aborted ? 'it took too long' : `exit code ${code ?? 'none'}`;
    throw new NoticesError('COMMAND_FAILED', { detail: `${why}; ${said.trim()}` });
  } catch (cause) {
    throw cause instanceof NoticesError ? cause : new NoticesError('COMMAND_FAILED', { cause });
  } finally {
    stop.removeEventListener('abort', end);
  }
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself at the same moment.
  }
}
