// Lines of messages that went are left out of a folder's UID list when they are the most of it, as Dovecot does.
//
// Not the youngest ones: in the inbox they are the memory of what was delivered.
import { glanceAtUidList } from '../maildir/uid-list-header.ts';
import type { OpenFolder } from './open-folder.ts';

const fromBytes = 256 * 1024;
const bytesPerMessage = 300;
/** Longer than a message may be retried. */
const rememberedSeconds = 14 * 86_400;

/** Right after a look, which is what it relies on. Gives the size afterwards, not to be tried again before it has doubled. */
export async function compactUidList(folder: OpenFolder, compactedBytes: number): Promise<number> {
  const { memory, files, context } = folder;
  const sizeBytes = glanceAtUidList(files.dir)?.sizeBytes ?? 0;
  const enough = fromBytes + memory.messages.length * bytesPerMessage;
  if (sizeBytes < Math.max(enough, compactedBytes * 2)) return compactedBytes;
  const recentSeconds = context.clock.now() / 1000 - rememberedSeconds;
  const present = new Set(memory.messages.map(({ uid }) => uid));
  const { uidNext } = memory;
  await files.uids.compact(
    (uid, name) =>
      present.has(uid) || uid >= uidNext || !(Number.parseInt(name, 10) < recentSeconds),
  );
  return glanceAtUidList(files.dir)?.sizeBytes ?? 0;
}
