// The first line of dovecot-uidlist and the state of the file, without reading the rest of it.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { parseHeader } from './uid-list-format.ts';

export interface UidListGlance {
  readonly guid: string;
  readonly uidValidity: number;
  /** As UidList.stamp. */
  readonly stamp: string;
}

/** Undefined when there is none that could be appended to. */
export function glanceAtUidList(dir: string): UidListGlance | undefined {
  let fd: number;
  try {
    fd = openSync(join(dir, 'dovecot-uidlist'), constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
  try {
    const { ino, size, mtimeMs } = fstatSync(fd);
    const bytes = Buffer.alloc(1024);
    const text = bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, 0));
    const parsed = text.includes('\n') ? parseHeader(text.slice(0, text.indexOf('\n'))) : undefined;
    if (parsed?.version !== 3 || parsed.header.guid === '') return undefined;
    const { guid, uidValidity } = parsed.header;
    return { guid, uidValidity, stamp: `${ino}:${size}:${mtimeMs}` };
  } finally {
    closeSync(fd);
  }
}
