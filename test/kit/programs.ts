// Programs of other people, run once for a test: with a home of its own, a deadline, and what they said.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** Why a test has to be skipped, or false: the value of node:test's "skip". */
export function whyMissing(...programs: readonly string[]): string | false {
  const missing = programs.filter(
    (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined,
  );
  if (missing.length === 0) return false;
  return `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed`;
}

export interface ProgramOptions {
  /** Where it keeps what it keeps; it gets no other HOME. */
  readonly home: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
  /** Exit codes that are no failure. */
  readonly fine?: readonly number[];
}

export interface RunningProgram {
  readonly pid: number;
  /** kill -9. */
  kill(): void;
  /** The exit code, undefined when it was killed; and all it said. */
  readonly ended: Promise<{ readonly code: number | undefined; readonly said: string }>;
}

export function startProgram(
  [program, ...args]: readonly [string, ...string[]],
  { home, input = '', env = {}, deadlineMs = 60_000 }: ProgramOptions,
): RunningProgram {
  const child = spawn(program, args, {
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, LANG: 'C.UTF-8', ...env },
    cwd: home,
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: deadlineMs,
    killSignal: 'SIGKILL',
  });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdin.on('error', () => undefined); // It did not want all of it: the exit code says whether that is fine.
  child.stdin.end(input);
  return {
    pid: child.pid ?? 0,
    kill: () => void child.kill('SIGKILL'),
    ended: once(child, 'close').then(([code]: readonly (number | null)[]) => ({
      code: code ?? undefined,
      said: Buffer.concat(said).toString(),
    })),
  };
}

/** Runs it to its end and gives what it said; an error when it ended otherwise than well. */
export async function runProgram(
  argv: readonly [string, ...string[]],
  options: ProgramOptions,
): Promise<string> {
  const { code, said } = await startProgram(argv, options).ended;
  if (code === undefined || !(options.fine ?? [0]).includes(code))
    throw new Error(`${argv[0]} ended with ${code ?? 'a signal'}: ${said}`);
  return said;
}
