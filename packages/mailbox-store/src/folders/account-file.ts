// Small text files in a mailbox's root that several programs write: read as they are, replaced as a whole under a lock.
import { constants } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Clock, syncDirectory } from '@restante/runtime';
import { MailboxStoreError } from '../errors.ts';
import { tryLock, unlock, waitForLock } from '../maildir/dotlock.ts';

/** Empty when there is none. */
export async function readAccountFile(path: string): Promise<string> {
  try {
    return await readFile(path, {
      encoding: 'utf8',
      flag: constants.O_RDONLY | constants.O_NOFOLLOW,
    });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw cause;
  }
}

/** Durable when it resolves. `edit` gives the new text, or undefined to leave the file alone. */
export async function editAccountFile(
  path: string,
  clock: Clock,
  edit: (text: string) => string | undefined,
): Promise<void> {
  const lockPath = `${path}.lock`;
  if (!tryLock(lockPath)) await waitForLock(lockPath, clock);
  try {
    const text = edit(await readAccountFile(path));
    if (text !== undefined) await replace(path, text);
  } catch (cause) {
    throw cause instanceof MailboxStoreError
      ? cause
      : new MailboxStoreError('MAILBOX_NOT_DURABLE', { about: path, cause });
  } finally {
    unlock(lockPath);
  }
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  const file = await open(temporary, flags, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}
