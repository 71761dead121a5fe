// STATUS: numbers of a folder, without opening it where the index still tells the truth.
import { glanceAtUidList } from '../maildir/uid-list-header.ts';
import { DirectoryClock } from '../maildir/directory-clock.ts';
import type { FolderStatus } from '../mailbox.ts';
import type { MailboxCore } from './mailbox-core.ts';

export async function statusOf(core: MailboxCore, name: string): Promise<FolderStatus | undefined> {
  const isOpen = (await core.folders.find(name)) !== undefined;
  const remembered = isOpen ? undefined : await fromIndex(core, name);
  if (remembered) return remembered;
  const folder = await core.open(name);
  if (folder === undefined) return undefined;
  try {
    await folder.refresh();
    const { memory, mailboxId } = folder;
    const { uidValidity, uidNext, highestModseq, counts } = memory;
    return { uidValidity, uidNext, highestModseq, mailboxId, ...counts };
  } finally {
    core.release(folder);
  }
}

async function fromIndex(core: MailboxCore, name: string): Promise<FolderStatus | undefined> {
  const found = (await core.tree.folders()).get(name);
  if (found?.isSelectable !== true) return undefined;
  const glance = glanceAtUidList(found.dir);
  const row = glance && core.context.index.folder(glance.guid);
  if (!row || row.uidList !== glance.stamp || row.directories === '') return undefined;
  const directories = new DirectoryClock(found.dir, core.options.clock);
  directories.resume(row.directories);
  if (directories.partsToList().length > 0) return undefined;
  const { uidValidity, uidNext, highestModseq, messages, unseen, deleted, sizeBytes } = row;
  const counts = { messages, unseen, deleted, sizeBytes };
  return { uidValidity, uidNext, highestModseq, mailboxId: `F${glance.guid}`, ...counts };
}
