// curl as a person's mail program: logs in at 465 and sends one message.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Cluster } from './cluster.ts';

export interface Submission {
  /** Where the person lives. */
  readonly site: string;
  readonly to: string;
  readonly message: string;
}

/** Why nothing can be submitted here, or undefined when it can. */
export function whyNoCurl(): string | undefined {
  try {
    const { length } = /^Protocols: .*\bsmtps\b/m.exec(
      execFileSync('curl', ['--version'], { encoding: 'utf8' }),
    ) ?? [''];
    return length === 0 ? 'curl does not speak SMTP' : undefined;
  } catch {
    return 'curl is not installed';
  }
}

/** `dialogue`: what client and server said. */
export async function submit(
  cluster: Cluster,
  { site, to, message }: Submission,
): Promise<{ readonly exitCode: number | null; readonly dialogue: string }> {
  const person = cluster.endpoints.accounts.find((account) => account.site === site);
  if (person === undefined) throw new Error(`Nobody lives at ${site}.`);
  const child = spawn('curl', [
    '--silent',
    '--verbose',
    '--insecure',
    '--max-time',
    '60',
    '--user',
    `${person.address}:${person.password}`,
    '--mail-from',
    person.address,
    '--mail-rcpt',
    to,
    '--upload-file',
    '-',
    `smtps://${cluster.site(site).submissions ?? ''}/laptop.test`,
  ]);
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdout.resume();
  child.stdin.on('error', () => undefined); // It hung up: the exit code says so.
  child.stdin.end(Buffer.from(message, 'latin1'));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, dialogue: Buffer.concat(said).toString('latin1') };
}
