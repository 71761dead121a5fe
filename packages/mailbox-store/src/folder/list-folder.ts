// Lists the message files of one folder: base names, and where each lies.
import { lstatSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Part } from '../maildir/directory-clock.ts';
import {
  baseNameOf,
  receivedSecondsInName,
  suffixOf,
  virtualSizeInName,
} from '../maildir/file-name.ts';
import { messagePath } from '../maildir/message-path.ts';
import { withCrlf } from './line-ends.ts';

/** Place keys ("c:2,S") by base name. */
export async function listFolder(
  dir: string,
  parts: readonly Part[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const part of parts) {
    // Latin-1, so that a name in any encoding compares equal to itself.
    const names = await readdir(join(dir, part), { encoding: 'latin1' });
    for (const name of names) {
      if (name.startsWith('.')) continue;
      found.set(baseNameOf(name), (part === 'new' ? 'n' : 'c') + suffixOf(name));
    }
  }
  return found;
}

export interface FileFacts {
  readonly sizeBytes: number;
  readonly receivedSeconds: number;
}

/** From the name alone where it is one of ours; undefined when the file is no message or is gone. */
export function factsOf(dir: string, baseName: string, placeKey: string): FileFacts | undefined {
  const sizeInName = virtualSizeInName(baseName);
  const seconds = receivedSecondsInName(baseName);
  if (sizeInName !== undefined && seconds !== undefined)
    return { sizeBytes: sizeInName, receivedSeconds: seconds };
  const part = placeKey.startsWith('n') ? 'new' : 'cur';
  const path = messagePath(dir, `${part}/${baseName}${placeKey.slice(1)}`);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) return undefined;
  return {
    // RFC 3501 §2.3.4: the size is that of the message with CRLF line ends, as it will be sent.
    sizeBytes: sizeInName ?? withCrlf(readFileSync(path)).length,
    receivedSeconds: Math.trunc(stat.mtimeMs / 1000),
  };
}
