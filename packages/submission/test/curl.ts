// curl as a mail program: logs in and sends one message. Gives what the server said last when it did not work.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Sending {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly message: string;
  readonly more?: readonly string[];
}

export interface Sent {
  readonly exitCode: number | null;
  /** The conversation, without what was sent as body. */
  readonly dialogue: string;
}

export async function curl({
  url,
  user,
  password,
  from,
  to,
  message,
  more = [],
}: Sending): Promise<Sent> {
  const child = spawn('curl', [
    '--silent',
    '--verbose',
    '--insecure',
    '--max-time',
    '30',
    ...(user === undefined ? [] : ['--user', `${user}:${password ?? ''}`]),
    '--mail-from',
    from,
    '--upload-file',
    '-',
    ...more,
    ...to.flatMap((address) => ['--mail-rcpt', address]),
    url,
  ]);
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdout.resume();
  child.stdin.on('error', () => undefined);
  child.stdin.end(Buffer.from(message, 'latin1'));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, dialogue: Buffer.concat(said).toString('latin1') };
}
