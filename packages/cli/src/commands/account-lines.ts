// People from a file, whatever its format: each with its line, and every problem of the file at once.
import { parseAddress } from '@restante/mail-model';
import type { ImportRow } from '@restante/site-api';
import { parseSize } from '../output/words.ts';

export type AccountLine =
  | { readonly line: number; readonly row: ImportRow }
  | { readonly line: number; readonly problem: string };

/** What a line says, still as text; empty is not said. */
export interface WrittenAccount {
  readonly address: string;
  readonly password?: string;
  readonly hash?: string;
  readonly quota?: string;
  readonly messages?: string;
  readonly state?: string;
}

export function accountLine(line: number, written: WrittenAccount): AccountLine {
  const { address, password = '', hash = '', quota = '', messages = '', state = '' } = written;
  const parsed = parseAddress(address);
  if (!parsed.ok) return { line, problem: `${JSON.stringify(address)}: ${parsed.problem}` };
  if (password !== '' && hash !== '')
    return { line, problem: 'It has a password and a hash; only one can be right.' };
  const quotaBytes = quota === '' || quota === 'none' ? undefined : parseSize(quota);
  if (quota !== '' && quota !== 'none' && quotaBytes === undefined)
    return { line, problem: `${JSON.stringify(quota)} is not a size, such as 500MiB or 2GiB.` };
  if (!/^\d{0,15}$/.test(messages))
    return { line, problem: `${JSON.stringify(messages)} is not a number of messages.` };
  if (!['', 'active', 'suspended'].includes(state))
    return { line, problem: `${JSON.stringify(state)} is no state; say active or suspended.` };
  return {
    line,
    row: {
      address: `${parsed.value.local}@${parsed.value.domain}`,
      ...(password !== '' && { password }),
      ...(hash !== '' && { passwordHash: hash }),
      ...(quotaBytes !== undefined && { quotaBytes }),
      ...(messages !== '' && { quotaMessages: Number(messages) }),
      ...((state === 'active' || state === 'suspended') && { state }),
    },
  };
}
