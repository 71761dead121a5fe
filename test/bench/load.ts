// Load and sinks for benches: Postfix's own smtp-source and smtp-sink, so that both candidates meet the same client and the
// same far end. Loopback only; every run has a count and a deadline.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../kit/free-port.ts';
import { Dialogue } from '../kit/dialogue.ts';
import { until } from '../kit/until.ts';

const run = promisify(execFile);

export interface Load {
  readonly endpoint: string;
  readonly messages: number;
  readonly sessions: number;
  readonly sizeBytes: number;
  readonly to: string;
}

/** Messages a second, until the last one was acknowledged. */
export async function offer({
  endpoint,
  messages,
  sessions,
  sizeBytes,
  to,
}: Load): Promise<number> {
  const startedMs = performance.now();
  // -d: keep the connection for the next message, as a busy MTA does.
  const args = [
    '-d',
    '-s',
    String(sessions),
    '-m',
    String(messages),
    '-l',
    String(sizeBytes),
    '-f',
    'load@stranger.test',
    '-t',
    to,
    endpoint,
  ];
  await run('/usr/sbin/smtp-source', args, { timeout: 300_000 });
  return messages / ((performance.now() - startedMs) / 1000);
}

/** The same by a sender that pipelines (RFC 2920) and uses BDAT where it is offered (RFC 3030). */
export async function offerPipelined({
  endpoint,
  messages,
  sessions,
  sizeBytes,
  to,
}: Load): Promise<number> {
  const script = fileURLToPath(new URL('./pipelining-load.ts', import.meta.url));
  const args = ['--conditions=source', script, endpoint, messages, sessions, sizeBytes, to].map(
    String,
  );
  const { stdout } = await run(process.execPath, args, { timeout: 300_000 });
  return Number(stdout);
}

export interface Sink extends AsyncDisposable {
  readonly endpoint: string;
}

/** Accepts everything and throws it away. */
export async function startSink(port?: number): Promise<Sink> {
  const at = port ?? (await freePort());
  const endpoint = `127.0.0.1:${at}`;
  const child = spawn('/usr/sbin/smtp-sink', ['-u', 'postfix', endpoint, '1000'], {
    stdio: 'ignore',
  });
  await until(async () => (await Dialogue.open(endpoint))[Symbol.asyncDispose]().then(() => true), {
    what: 'smtp-sink greets',
  });
  return { endpoint, [Symbol.asyncDispose]: async () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
