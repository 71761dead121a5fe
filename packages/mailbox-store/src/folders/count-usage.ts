// Counts bytes and messages of a mailbox: from the index where a folder's directories are as they were, else from its names.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { MailboxIndex } from '../index/mailbox-index.ts';
import { sumOfNames } from '../maildir/scan.ts';
import { glanceAtUidList } from '../maildir/uid-list-header.ts';
import type { CountedUsage } from './usage-counter.ts';

/** `dirs` are the directories of all folders that count. The index may be absent: nobody has made one yet. */
export async function countUsage(
  dirs: readonly string[],
  index: MailboxIndex | undefined,
): Promise<CountedUsage> {
  let [bytes, messages] = [0, 0];
  for (const dir of dirs) {
    const usage = (index && fromIndex(dir, index)) ?? (await sumOfNames(dir));
    bytes += usage.bytes;
    messages += usage.messages;
  }
  return { bytes, messages };
}

function fromIndex(dir: string, index: MailboxIndex): CountedUsage | undefined {
  const glance = glanceAtUidList(dir);
  const row = glance && index.folder(glance.guid);
  if (!row || row.directories === '') return undefined;
  const stamp = ['new', 'cur'].map(
    (part) => statSync(join(dir, part), { throwIfNoEntry: false })?.mtimeMs,
  );
  return stamp.join(':') === row.directories
    ? { bytes: row.sizeBytes, messages: row.messages }
    : undefined;
}
