// Lists expunged mail that can still be brought back, and brings it back to where it was.
import { moveMessages } from '../folder/copy-messages.ts';
import type { OpenFolder } from '../folder/open-folder.ts';
import { createFolder } from '../folders/change-folders.ts';
import { inbox, recoverableFolder } from '../folders/folder-name.ts';
import type { MailboxCore } from '../folders/mailbox-core.ts';
import { deletionInName } from '../maildir/file-name.ts';
import { glanceAtUidList } from '../maildir/uid-list-header.ts';
import type { RecoverableFilter, RecoverableMessage, UndeleteAnswer } from '../mailbox.ts';
import { readOrigins } from './origins.ts';

export async function listRecoverable(
  core: MailboxCore,
  filter: RecoverableFilter = {},
): Promise<readonly RecoverableMessage[]> {
  return withRecoverable(core, [], async (folder) => recoverableIn(core, folder, filter));
}

export async function undelete(
  core: MailboxCore,
  filter: RecoverableFilter = {},
): Promise<UndeleteAnswer> {
  return withRecoverable(core, { restored: 0, overQuota: 0 }, async (folder) => {
    const byOrigin = Map.groupBy(await recoverableIn(core, folder, filter), ({ from }) => from);
    let [restored, overQuota] = [0, 0];
    for (const [from, messages] of byOrigin) {
      const uids = messages.map(({ uid }) => uid);
      const made = await createFolder(core, from);
      const to = made.kind === 'name-refused' ? inbox : from;
      const answer = await moveMessages(folder, uids, to);
      if (answer.kind === 'copied') restored += answer.pairs.length;
      else overQuota += uids.length;
    }
    return { restored, overQuota };
  });
}

async function withRecoverable<T>(
  core: MailboxCore,
  nothing: T,
  work: (folder: OpenFolder) => Promise<T>,
): Promise<T> {
  const folder = await core.open(recoverableFolder);
  if (folder === undefined) return nothing;
  try {
    await folder.refresh();
    return await work(folder);
  } finally {
    core.release(folder);
  }
}

/** Newest first. */
async function recoverableIn(
  core: MailboxCore,
  { dir, memory }: OpenFolder,
  { from, sinceMs = 0, uids }: RecoverableFilter,
): Promise<readonly RecoverableMessage[]> {
  const names = await namesByGuid(core, dir);
  const wanted = uids && new Set(uids);
  return memory.messages
    .map(({ uid, baseName, sizeBytes, emailId, savedAtMs }) => {
      const deletion = deletionInName(baseName);
      return {
        uid,
        from: names.get(deletion?.from ?? '') ?? inbox,
        deletedAtMs: deletion ? deletion.atSeconds * 1000 : savedAtMs,
        sizeBytes,
        emailId,
      };
    })
    .filter(
      (one) =>
        (from === undefined || one.from === from) &&
        // Names keep whole seconds.
        one.deletedAtMs + 999 >= sinceMs &&
        (wanted?.has(one.uid) ?? true),
    )
    .sort((left, right) => right.deletedAtMs - left.deletedAtMs || right.uid - left.uid);
}

/** Folders that are there under the name they have now; those that are gone under their last one. */
async function namesByGuid(core: MailboxCore, dir: string): Promise<ReadonlyMap<string, string>> {
  const names = new Map(readOrigins(dir));
  for (const one of (await core.tree.folders()).values()) {
    const guid = one.isSelectable ? glanceAtUidList(one.dir)?.guid : undefined;
    if (guid !== undefined) names.set(guid.slice(0, 16), one.name);
  }
  return names;
}
