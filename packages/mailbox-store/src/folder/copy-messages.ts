// COPY and MOVE: hard links under new names, for a message has another UID in every folder it comes to.
//
//   1 link into tmp/ of the target     leftovers, removed after 36 hours
//   2 all of them renamed to cur/      durable with their UIDs: copied
//   3 (MOVE) names removed at home     a crash before this leaves them in both, never in neither
import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  openSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { copyNameOf, sizeInName } from '../maildir/file-name.ts';
import { messagePath } from '../maildir/message-path.ts';
import type { CopyAnswer } from '../mailbox.ts';
import { eachFile } from './each-file.ts';
import { ensureKeywords } from './ensure-keywords.ts';
import { tellVanished } from './expunge.ts';
import type { OpenFolder } from './open-folder.ts';
import { putStaged, type StagedMessage } from './put-staged.ts';
import type { StoredMessage } from './stored-message.ts';

interface Linked extends StagedMessage {
  readonly source: StoredMessage;
}

export async function copyMessages(
  folder: OpenFolder,
  uids: readonly number[],
  to: string,
): Promise<CopyAnswer> {
  return folder.context.withOther(to, async (target) => {
    // Mail comes into the folder of deleted mail by being expunged, and by nothing else.
    if (target === undefined || target.isUncounted) return { kind: 'no-such-folder' };
    using reservation = await reserve(folder, uids);
    if (reservation === undefined) return { kind: 'over-quota' };
    return (await putCopies(folder, target, uids, reservation)).answer;
  });
}

export async function moveMessages(
  folder: OpenFolder,
  uids: readonly number[],
  to: string,
): Promise<CopyAnswer> {
  return folder.context.withOther(to, async (target) => {
    if (target === undefined || target.isUncounted) return { kind: 'no-such-folder' };
    // A move within what counts needs no room; out of the deleted mail it does.
    using reservation = folder.isUncounted ? await reserve(folder, uids) : noReservation;
    if (reservation === undefined) return { kind: 'over-quota' };
    const { answer, linked } = await putCopies(folder, target, uids, reservation);
    await folder.alone(async () => {
      const gone: StoredMessage[] = [];
      await eachFile(
        folder,
        linked.map(({ source }) => source.uid),
        (message) => {
          unlinkSync(messagePath(folder.dir, message.path));
          gone.push(message);
        },
      );
      await tellVanished(folder, gone, { isUsageLess: true });
    });
    return answer;
  });
}

async function reserve(
  { memory, context }: OpenFolder,
  uids: readonly number[],
): Promise<Disposable | undefined> {
  const wanted = uids.flatMap((uid) => memory.message(uid) ?? []);
  const bytes = wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return context.quota.reserve(bytes, wanted.length);
}

const noReservation: Disposable = { [Symbol.dispose]: () => undefined };

async function putCopies(
  folder: OpenFolder,
  target: OpenFolder,
  uids: readonly number[],
  reservation: Disposable,
): Promise<{ readonly answer: CopyAnswer; readonly linked: readonly Linked[] }> {
  const linked: Linked[] = [];
  try {
    // RFC 3501 §6.4.7: in the order of the source.
    const ascending = [...new Set(uids)].sort((left, right) => left - right);
    await folder.alone(() =>
      eachFile(folder, ascending, (message) => linked.push(link(folder, target, message))),
    );
    linked.sort((left, right) => left.source.uid - right.source.uid);
    const put = await target.alone(async () => {
      // Keywords for which the target has no letter left are not carried over (RFC 3501 §6.4.7: SHOULD be preserved).
      await ensureKeywords(target, [...new Set(linked.flatMap(({ flags }) => flags))]);
      return putStaged(target, linked, reservation);
    });
    const pairs = linked.map(({ source }, index) => ({ from: source.uid, to: put[index] ?? 0 }));
    folder.context.moved({ from: folder, to: target, uids: put });
    return { answer: { kind: 'copied', uidValidity: target.memory.uidValidity, pairs }, linked };
  } catch (cause) {
    for (const { temporary } of linked) rmSync(temporary, { force: true });
    if (target.isGone) return { answer: { kind: 'no-such-folder' }, linked: [] };
    throw cause;
  }
}

function link(folder: OpenFolder, target: OpenFolder, source: StoredMessage): Linked {
  const sizeBytes = sizeInName(source.baseName) ?? source.sizeBytes;
  const baseName = copyNameOf(source.baseName, {
    receivedAtMs: source.receivedAtMs,
    hostname: folder.context.hostname,
    sizeBytes,
    virtualSizeBytes: source.sizeBytes,
  });
  const temporary = join(target.dir, 'tmp', baseName);
  linkOrCopy(messagePath(folder.dir, source.path), temporary);
  return {
    source,
    temporary,
    baseName,
    flags: source.flags,
    receivedAtMs: source.receivedAtMs,
    sizeBytes,
    virtualSizeBytes: source.sizeBytes,
  };
}

/** A file has room for a limited number of names; beyond it, and between file systems, the bytes are copied. */
function linkOrCopy(from: string | Buffer, to: string): void {
  try {
    linkSync(from, to);
  } catch (cause) {
    if (
      !(
        cause instanceof Error &&
        'code' in cause &&
        ['EMLINK', 'EXDEV', 'EPERM'].includes(String(cause.code))
      )
    )
      throw cause;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
    syncNow(to);
  }
}

function syncNow(path: string): void {
  const fd = openSync(path, 'r+');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
