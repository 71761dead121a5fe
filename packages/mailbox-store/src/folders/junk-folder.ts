// The folder for spam: which one it is, what moving mail into it or out of it says, and what is delivered there.
import type { OpenFolder } from '../folder/open-folder.ts';
import { createFolder } from './change-folders.ts';
import type { TreeFolder } from './folder-tree.ts';
import { recoverableFolder } from './folder-name.ts';
import type { MailboxCore } from './mailbox-core.ts';

const usualName = 'Junk';

type Folders = ReadonlyMap<string, TreeFolder>;

/** RFC 6154 §2: \Junk; without one, a folder of the usual name. */
export function junkFolderOf(folders: Folders): string | undefined {
  return (
    folderFor('junk', folders) ?? (folders.get(usualName)?.isSelectable ? usualName : undefined)
  );
}

/**
 * What a person says by moving (or copying) mail between two folders: "spam" into Junk, "ham" out of it. Throwing spam away
 * says nothing, and neither does bringing back what was deleted.
 */
export function lessonOf(
  folders: Folders,
  { from, to }: { readonly from: string; readonly to: string },
): 'spam' | 'ham' | undefined {
  const junk = junkFolderOf(folders);
  if (junk === undefined || from === to || from === recoverableFolder) return undefined;
  if (to === junk) return 'spam';
  if (from !== junk) return undefined;
  const trash = folderFor('trash', folders) ?? 'Trash';
  return to === trash || to.startsWith(`${trash}/`) ? undefined : 'ham';
}

/** Takes a handle on it; made anew for whoever deleted it. Undefined when that is not possible: then the inbox will do. */
export async function openJunk(core: MailboxCore): Promise<OpenFolder | undefined> {
  let name = junkFolderOf(await core.tree.folders());
  if (name === undefined) {
    await createFolder(core, usualName, 'junk');
    name = junkFolderOf(await core.tree.folders());
  }
  return name === undefined ? undefined : core.open(name);
}

function folderFor(use: TreeFolder['specialUse'], folders: Folders): string | undefined {
  for (const { name, specialUse, isSelectable } of folders.values())
    if (specialUse === use && isSelectable) return name;
  return undefined;
}
