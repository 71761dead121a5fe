// Tells whoever wants to learn from it that somebody moved mail into Junk or out of it.
//
// Never holds up the move: the bytes are read when the listener gets round to them, from where the mail is by then.
import type { OpenFolder } from '../folder/open-folder.ts';
import { lessonOf } from './junk-folder.ts';
import type { MailboxCore } from './mailbox-core.ts';

/** One message that was moved, where it is now. */
export interface Lesson {
  readonly what: 'spam' | 'ham';
  readonly folder: string;
  readonly uid: number;
  readonly sizeBytes: number;
}

export interface Moved {
  readonly from: OpenFolder;
  readonly to: OpenFolder;
  /** In `to`. */
  readonly uids: readonly number[];
}

/** Never rejects. */
export async function teach(core: MailboxCore, { from, to, uids }: Moved): Promise<void> {
  const { onLesson } = core.options;
  if (onLesson === undefined || uids.length === 0) return;
  const sizes = uids.map((uid) => to.memory.message(uid)?.sizeBytes);
  // Which folders there are cannot be read now: then nothing is learned from this move.
  const folders = await core.tree.folders().catch(() => undefined);
  const what = folders && lessonOf(folders, { from: from.name, to: to.name });
  if (what === undefined) return;
  for (const [index, uid] of uids.entries()) {
    const sizeBytes = sizes[index];
    if (sizeBytes !== undefined) onLesson({ what, folder: to.name, uid, sizeBytes });
  }
}
