// EXPUNGE: the files leave the folder (to the recoverable ones, or for good), and their UIDs are remembered as vanished.
import { eachFile } from './each-file.ts';
import type { OpenFolder } from './open-folder.ts';
import type { StoredMessage } from './stored-message.ts';

export interface ExpungeOptions {
  readonly uids?: readonly number[];
  readonly evenUnflagged?: boolean;
}

export async function expunge(
  folder: OpenFolder,
  { uids, evenUnflagged = false }: ExpungeOptions = {},
): Promise<readonly number[]> {
  return folder.alone(async () => {
    const { memory, context } = folder;
    const wanted = (uids ?? memory.messages.map(({ uid }) => uid)).filter((uid) => {
      const message = memory.message(uid);
      return message !== undefined && (evenUnflagged || message.place.isDeleted);
    });
    if (wanted.length === 0) return [];
    const discard = await context.discarder(folder);
    const gone: StoredMessage[] = [];
    await eachFile(folder, wanted, (message) => {
      // The flag may have been taken back by another program while we looked for the file.
      if (!evenUnflagged && !message.place.isDeleted) return;
      discard.file(message);
      gone.push(message);
    });
    await discard.sync();
    return tellVanished(folder, gone, { isUsageLess: true });
  });
}

/** Their files have left the directories; makes that durable and tells. Only from within `alone`. */
export async function tellVanished(
  folder: OpenFolder,
  gone: readonly StoredMessage[],
  { isUsageLess }: { readonly isUsageLess: boolean },
): Promise<readonly number[]> {
  if (gone.length === 0) return [];
  const { files, memory, context } = folder;
  try {
    await files.sync(...new Set(gone.map(({ place }) => place.directory)));
  } catch (cause) {
    files.directories.forget();
    throw cause;
  }
  if (isUsageLess && !folder.isUncounted)
    context.quota.note(-gone.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), -gone.length);
  const vanished = gone.map(({ uid }) => uid).sort((left, right) => left - right);
  const present = vanished.filter((uid) => memory.message(uid) !== undefined);
  if (!memory.change(() => ({ vanished: present }), folder.seen())) {
    files.directories.forget();
    await folder.look();
  }
  return vanished;
}
