// APPEND: messages of a client become mail of a folder, all or none.
//
//   1 write tmp/, fsync each      a leftover, removed after 36 hours
//   2 names of the batch, fsync   (more than one) from here on a crash is finished by the next to open the mailbox
//   3 rename to cur/, fsync cur/  safe, without UIDs; the next look gives them
//   4 UIDs into dovecot-uidlist   safe and numbered; the client may be told
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileNameOf } from '../maildir/file-name.ts';
import { type WrittenMessage, writeMessage } from '../maildir/write-message.ts';
import type { AppendedAnswer, AppendedMessage } from '../mailbox.ts';
import { ensureKeywords } from './ensure-keywords.ts';
import type { OpenFolder } from './open-folder.ts';
import { putStaged } from './put-staged.ts';

export async function appendMessages(
  folder: OpenFolder,
  messages: readonly AppendedMessage[],
): Promise<AppendedAnswer> {
  const { context } = folder;
  // Mail comes into the folder of deleted mail by being expunged, and by nothing else.
  if (folder.isUncounted) return { kind: 'no-such-folder' };
  const bytes = messages.reduce((sum, { body }) => sum + sizeOf(body), 0);
  using reservation = await context.quota.reserve(bytes, messages.length);
  if (reservation === undefined) return { kind: 'over-quota' };
  const flags = messages.flatMap((message) => message.flags);
  if (!(await folder.alone(() => ensureKeywords(folder, flags))))
    return { kind: 'too-many-keywords' };
  const staged: Staged[] = [];
  try {
    for (const message of messages) staged.push(await stage(folder, message));
    const uids = await folder.alone(() => putStaged(folder, staged, reservation));
    return { kind: 'stored', uidValidity: folder.memory.uidValidity, uids };
  } catch (cause) {
    for (const { temporary } of staged) rmSync(temporary, { force: true });
    if (folder.isGone) return { kind: 'no-such-folder' };
    throw cause;
  }
}

interface Staged extends WrittenMessage {
  readonly temporary: string;
  readonly baseName: string;
  readonly flags: readonly string[];
  readonly receivedAtMs: number;
}

async function stage(
  { dir, context }: OpenFolder,
  { body, flags, receivedAtMs }: AppendedMessage,
): Promise<Staged> {
  const deliveryId = `a${randomBytes(10).toString('hex')}`;
  const temporary = join(dir, 'tmp', `${deliveryId}.${process.pid}`);
  const sizes = await writeMessage(temporary, {
    prefix: '',
    body: Buffer.isBuffer(body)
      ? { kind: 'bytes', bytes: body }
      : { kind: 'stream', ...streamOf(body) },
    receivedAtMs,
  });
  const baseName = fileNameOf({ deliveryId, receivedAtMs, hostname: context.hostname, ...sizes });
  return { temporary, baseName, flags, receivedAtMs, ...sizes };
}

function streamOf(body: Exclude<AppendedMessage['body'], Buffer>): {
  readonly sizeBytes: number;
  open(): AsyncIterable<Buffer>;
} {
  return { sizeBytes: body.sizeBytes, open: () => body.open() };
}

function sizeOf(body: AppendedMessage['body']): number {
  return Buffer.isBuffer(body) ? body.length : body.sizeBytes;
}
