// The bytes of a message for somebody who gets round to them later: nothing is held open until then.
import type { Mailbox } from './mailbox.ts';

/** Ends without a byte when the message, its folder or its mailbox is gone by then. */
export async function* readLater(
  mailboxOf: () => Promise<Mailbox | undefined>,
  { folder: name, uid }: { readonly folder: string; readonly uid: number },
): AsyncIterable<Buffer> {
  const mailbox = await mailboxOf();
  await using folder = await mailbox?.open(name);
  if (folder !== undefined) yield* folder.readPieces(uid);
}
