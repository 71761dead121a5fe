// Starts test/append-child.ts and collects what it says.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ChildLine {
  readonly deliveryId: string;
  readonly uid: number;
  readonly sha256: string;
  readonly wasThere: boolean;
  readonly failed?: string;
}

export interface AppendChild {
  readonly process: ChildProcess;
  readonly lines: readonly ChildLine[];
  /** Resolves when the process has ended, however. */
  readonly ended: Promise<void>;
  readonly stderr: () => string;
}

export function startAppending(
  orders: object,
  { under = [] }: { readonly under?: readonly string[] } = {},
): AppendChild {
  const command = [
    ...under,
    process.execPath,
    '--conditions=source',
    `${import.meta.dirname}/append-child.ts`,
    JSON.stringify(orders),
  ];
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: ChildLine[] = [];
  let unread = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (unread + chunk).split('\n');
    unread = parts.pop() ?? '';
    for (const part of parts) lines.push(JSON.parse(part) as ChildLine);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  const ended = once(child, 'close').then(() => undefined);
  return { process: child, lines, ended, stderr: () => errors };
}
