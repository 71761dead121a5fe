// The first line of dovecot-uidlist and the state of the file, without reading the rest of it.
import { closeSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { openIfThere, seenOf, stampOf } from './list-file.ts';
import { parseHeader } from './uid-list-format.ts';

export interface UidListGlance {
  readonly guid: string;
  readonly uidValidity: number;
  /** As UidList.stamp. */
  readonly stamp: string;
  readonly sizeBytes: number;
}

/** Undefined when there is none that could be appended to. */
export function glanceAtUidList(dir: string): UidListGlance | undefined {
  const fd = openIfThere(join(dir, 'dovecot-uidlist'));
  if (fd === undefined) return undefined;
  try {
    const seen = seenOf(fd);
    const bytes = Buffer.alloc(1024);
    const text = bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, 0));
    const parsed = text.includes('\n') ? parseHeader(text.slice(0, text.indexOf('\n'))) : undefined;
    if (parsed?.version !== 3 || parsed.header.guid === '') return undefined;
    const { guid, uidValidity } = parsed.header;
    return { guid, uidValidity, stamp: stampOf(seen), sizeBytes: seen.sizeBytes };
  } finally {
    closeSync(fd);
  }
}
