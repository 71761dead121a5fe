// Runs the command in this process, on streams and an environment of the test.
import { PassThrough } from 'node:stream';
import { runCli } from '../src/index.ts';
import type { ExitCode, Surroundings } from '../src/index.ts';

export interface Ran {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  readonly stdin?: string;
}

export async function run(
  words: readonly string[],
  { environment = {}, directory = '/', stdin = '' }: RunOptions = {},
): Promise<Ran> {
  const said = { stdout: '', stderr: '' };
  const output = (name: keyof typeof said) => ({
    write: (text: string | Uint8Array) => {
      said[name] += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
    },
    isTty: false,
    columns: 200,
  });
  const surroundings: Surroundings = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    stdin: new PassThrough().end(stdin),
    environment,
    directory,
    now: () => Date.now(),
  };
  const exitCode = await runCli(words, surroundings);
  return { exitCode, ...said };
}
