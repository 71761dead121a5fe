// Where a new password comes from: a prompt, a file, or a pipe. Never from the command line, where everybody on the
// machine can read it and the shell remembers it.
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { askNewPassword, askPassword, readFirstLine } from '../output/ask-person.ts';

export interface PasswordOptions {
  readonly passwordFile?: string;
  readonly passwordStdin?: boolean;
}

const lengthMin = 8;

export function withPassword(command: Command): Command {
  return command
    .option('--password-file <path>', 'its first line is the password')
    .option('--password-stdin', 'the first line of standard input is the password');
}

export async function passwordFor(
  cli: Cli,
  whose: string,
  options: PasswordOptions,
): Promise<string> {
  const password = await read(cli, options, async () => askNewPassword(whose));
  if (password.length < lengthMin)
    throw new CliError('WRONG_USE', `A password has at least ${lengthMin} characters.`);
  return password;
}

/** Of an account at another server: whatever its length, it is the password there. */
export async function remotePassword(
  cli: Cli,
  whose: string,
  options: PasswordOptions,
): Promise<string> {
  return read(cli, options, async () => askPassword(whose));
}

async function read(
  cli: Cli,
  { passwordFile, passwordStdin }: PasswordOptions,
  ask: () => Promise<string>,
): Promise<string> {
  const { stdin } = cli.surroundings;
  if (passwordFile !== undefined && passwordStdin === true) {
    throw new CliError('WRONG_USE', 'Give --password-file or --password-stdin, not both.');
  }
  if (passwordFile !== undefined) {
    const text = await readFile(passwordFile, 'utf8').catch((cause: unknown) => {
      throw new CliError('WRONG_USE', `Cannot read ${passwordFile}.`, { cause });
    });
    return text.split(/\r?\n/, 1)[0] ?? '';
  }
  if (passwordStdin === true) return readFirstLine(stdin);
  if (stdin.isTTY !== true)
    throw new CliError(
      'WRONG_USE',
      'Nobody to ask for the password: give --password-file or --password-stdin.',
    );
  return ask();
}
