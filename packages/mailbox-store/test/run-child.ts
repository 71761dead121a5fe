// Starts test/append-child.ts or test/change-child.ts and collects what it says.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ChildLine {
  readonly deliveryId: string;
  readonly uid: number;
  readonly sha256: string;
  readonly wasThere: boolean;
  readonly failed?: string;
}

/** What change-child.ts says. */
export interface ChangeLine {
  readonly name: string;
  readonly begin?: string;
  readonly done?: string;
  readonly failed?: string;
  readonly code?: string;
  readonly kind?: string;
  readonly uids?: readonly number[];
  readonly flags?: readonly string[];
  readonly gone?: readonly number[];
}

export interface Child<Line> {
  readonly process: ChildProcess;
  readonly lines: readonly Line[];
  /** Resolves when the process has ended, however. */
  readonly ended: Promise<void>;
  readonly stderr: () => string;
}

interface Options {
  /** A command that runs it. */
  readonly under?: readonly string[];
}

export function startAppending(orders: object, options?: Options): Child<ChildLine> {
  return start('append-child.ts', orders, options);
}

export function startChanging(orders: object, options?: Options): Child<ChangeLine> {
  return start('change-child.ts', orders, options);
}

function start<Line>(script: string, orders: object, { under = [] }: Options = {}): Child<Line> {
  const command = [
    ...under,
    process.execPath,
    '--conditions=source',
    `${import.meta.dirname}/${script}`,
    JSON.stringify(orders),
  ];
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: Line[] = [];
  let unread = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (unread + chunk).split('\n');
    unread = parts.pop() ?? '';
    for (const part of parts) lines.push(JSON.parse(part) as Line);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  const ended = once(child, 'close').then(() => undefined);
  return { process: child, lines, ended, stderr: () => errors };
}
