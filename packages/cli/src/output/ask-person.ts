// Questions to the person at the terminal. Only ever asked on a terminal; scripts say it with options.
import type { Readable } from 'node:stream';
import { confirm, isCancel, password } from '@clack/prompts';
import { CliError } from '../errors.ts';

export async function askYesOrNo(question: string): Promise<boolean> {
  const answer = await confirm({ message: question, initialValue: false });
  return !isCancel(answer) && answer;
}

/** Asked twice, shown never. */
export async function askNewPassword(whose: string): Promise<string> {
  const first = await password({ message: `New password for ${whose}` });
  if (isCancel(first)) throw new CliError('WRONG_USE', 'Nothing was changed.');
  const second = await password({ message: 'The same again' });
  if (isCancel(second) || first !== second)
    throw new CliError('WRONG_USE', 'The two were not the same. Nothing was changed.');
  return first;
}

/** One that is somewhere already. */
export async function askPassword(whose: string): Promise<string> {
  const given = await password({ message: `Password of ${whose}` });
  if (isCancel(given)) throw new CliError('WRONG_USE', 'Nothing was changed.');
  return given;
}

/** The first line of a pipe; bounded, because a pipe may be anything. */
export async function readFirstLine(stdin: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.includes('\n') || text.length > 10_000) break;
  }
  return text.split(/\r?\n/, 1)[0] ?? '';
}
