// Runs a change over the files of some messages, and finds again what another program has renamed meanwhile.
import type { StoredMessage } from './stored-message.ts';
import type { OpenFolder } from './open-folder.ts';

const sliceLength = 200;
const passesMax = 4;

/**
 * Calls `act` for every message that is still there, with its present place; it works on the file without a pause and throws
 * ENOENT when it is not where it should be. Only from within `alone`.
 */
export async function eachFile(
  folder: OpenFolder,
  uids: readonly number[],
  act: (message: StoredMessage) => void,
): Promise<void> {
  let rest = uids;
  for (let pass = 1; rest.length > 0; pass += 1) {
    const lost: number[] = [];
    for (let at = 0; at < rest.length; at += sliceLength) {
      // Others shall have their turn between two slices.
      if (at > 0) await new Promise((resolve) => setImmediate(resolve));
      const slice = rest.slice(at, at + sliceLength);
      folder.files.directories.around(['new', 'cur'], () =>
        lost.push(...runAll(folder, slice, act)),
      );
    }
    if (lost.length === 0 || pass === passesMax) return;
    folder.files.directories.forget();
    await folder.look();
    rest = lost;
  }
}

/** Gives the UIDs whose files were gone. */
function runAll(
  { memory }: OpenFolder,
  uids: readonly number[],
  act: (message: StoredMessage) => void,
): readonly number[] {
  return uids.filter((uid) => {
    const message = memory.message(uid);
    if (message === undefined) return false;
    try {
      act(message);
      return false;
    } catch (cause) {
      if (isGone(cause)) return true;
      throw cause;
    }
  });
}

export function isGone(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
