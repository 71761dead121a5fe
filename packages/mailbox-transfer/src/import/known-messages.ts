// What a folder has already, so that the same message is not put there twice: by Message-ID, date, subject and sender, and size.
//
// A bag, not a set: a source with the same message twice may put it there twice, and the second run finds both.
import { createHash } from 'node:crypto';
import type { Folder } from '@restante/mailbox-store';
import type { Envelope } from '@restante/mime';

export interface KnownMessages {
  /** There is one of this head and size; it is taken out, because the source has only one of it. */
  take(head: string, sizeBytes: number): boolean;
}

/** Reads from the folder's index; costs what describing all of it costs. */
export async function knownMessages(folders: readonly Folder[]): Promise<KnownMessages> {
  const sizes = new Map<string, number[]>();
  for (const folder of folders) {
    const uids = folder.messages.map(({ uid }) => uid);
    for await (const { uid, about } of folder.describe(uids)) {
      const sizeBytes = folder.message(uid)?.sizeBytes;
      if (sizeBytes === undefined) continue;
      const head = headOf(about.envelope);
      const there = sizes.get(head);
      if (there === undefined) sizes.set(head, [sizeBytes]);
      else there.push(sizeBytes);
    }
  }
  return {
    take(head, sizeBytes) {
      const there = sizes.get(head);
      const at = there?.indexOf(sizeBytes) ?? -1;
      if (there === undefined || at < 0) return false;
      there.splice(at, 1);
      return true;
    },
  };
}

/** By which a message is recognised before its size is sure. */
export function headOf({ messageId, date, subject, from }: Envelope): string {
  const [sender] = from;
  return createHash('sha256')
    .update(
      JSON.stringify([
        messageId?.trim(),
        date?.trim(),
        subject?.trim(),
        sender?.mailbox,
        sender?.domain,
      ]),
    )
    .digest('base64')
    .slice(0, 22);
}
