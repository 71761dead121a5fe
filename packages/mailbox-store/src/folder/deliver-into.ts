// Delivery into a folder other than the inbox. The same promises as in maildir/maildir.ts: durable with its UID before it is
// told, and the same delivery id is one message.
//
// What a crash leaves is what APPEND leaves (append-messages.ts); a file that is in cur/ without a UID gets one with the look
// before the next attempt, which then finds it.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileNameOf } from '../maildir/file-name.ts';
import type { MaildirAnswer } from '../maildir/maildir.ts';
import { sizeOf, writeMessage } from '../maildir/write-message.ts';
import type { AppendRequest } from '../mailbox-store.ts';
import type { OpenFolder } from './open-folder.ts';
import { putStaged, type StagedMessage } from './put-staged.ts';

export async function deliverInto(
  folder: OpenFolder,
  request: AppendRequest,
): Promise<MaildirAnswer> {
  const there = await findDelivered(folder, request.deliveryId);
  if (there !== undefined) return there;
  using reservation = await folder.context.quota.reserve(sizeOf(request), 1);
  if (reservation === undefined) return { kind: 'over-quota' };
  const staged = await stage(folder, request);
  try {
    return await folder.alone(async () => {
      // Two requests with one id may have come this far.
      const other = await lookFor(folder, request.deliveryId);
      if (other === undefined) return await put(folder, staged, reservation);
      rmSync(staged.temporary, { force: true });
      return other;
    });
  } catch (cause) {
    rmSync(staged.temporary, { force: true });
    takeBack(folder, staged, request.deliveryId);
    throw cause;
  }
}

/** What was said of this delivery, if it is here already. */
export function findDelivered(
  folder: OpenFolder,
  deliveryId: string,
): Promise<MaildirAnswer | undefined> {
  return folder.alone(() => lookFor(folder, deliveryId));
}

async function lookFor(folder: OpenFolder, deliveryId: string): Promise<MaildirAnswer | undefined> {
  const { files } = folder;
  await folder.look();
  files.uids.load();
  const uid = files.uids.known.get(deliveryId);
  if (uid === undefined) return undefined;
  // Found, not written by us just now: a former life may have died before its syncs.
  await files.sync('new', 'cur');
  await files.uids.confirm();
  return { kind: 'stored', uid: files.uids.known.get(deliveryId) ?? uid, wasThere: true };
}

async function put(
  folder: OpenFolder,
  staged: StagedMessage,
  reservation: Disposable,
): Promise<MaildirAnswer> {
  const [uid = 0] = await putStaged(folder, [staged], reservation);
  return { kind: 'stored', uid, wasThere: false };
}

/** The rename may not survive, so nobody shall see it now. Whatever has a number counts as delivered, and stays. */
function takeBack(folder: OpenFolder, { baseName }: StagedMessage, deliveryId: string): void {
  const { files, memory } = folder;
  if (files.uids.known.get(deliveryId) !== undefined) return;
  rmSync(join(folder.dir, 'cur', `${baseName}${memory.places.letters.suffixFor([])}`), {
    force: true,
  });
  files.directories.forget();
}

async function stage({ dir, context }: OpenFolder, request: AppendRequest): Promise<StagedMessage> {
  const { deliveryId, receivedAtMs } = request;
  stagedCount += 1;
  const temporary = join(dir, 'tmp', `${deliveryId}.${process.pid}.f${stagedCount}`);
  const sizes = await writeMessage(temporary, request);
  const baseName = fileNameOf({ deliveryId, receivedAtMs, hostname: context.hostname, ...sizes });
  return { temporary, baseName, flags: [], receivedAtMs, ...sizes };
}

let stagedCount = 0;
