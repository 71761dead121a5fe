// Makes the directories of a folder, durably, so that Dovecot takes them for one of its own (maildirfolder).
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '@restante/runtime';
import { MailboxStoreError } from '../errors.ts';
import { maildirParts } from '../maildir/directories.ts';
import type { SpecialUse } from '../mailbox.ts';
import { specialUseFile } from './folder-tree.ts';

export interface FolderToMake {
  readonly directory: string;
  readonly specialUse?: SpecialUse;
}

/**
 * Made aside and renamed into place: whoever sees it sees all of it. Those that are there already are left alone; gives the
 * directories that were made. The name of the place aside is none of a folder.
 */
export async function makeFolders(
  root: string,
  folders: readonly FolderToMake[],
): Promise<readonly string[]> {
  const made: string[] = [];
  try {
    for (const { directory, specialUse } of folders) {
      if (await makeOne(root, directory, specialUse)) made.push(directory);
    }
    if (made.length > 0) await syncDirectory(root);
  } catch (cause) {
    throw new MailboxStoreError('MAILBOX_NOT_DURABLE', { about: root, cause });
  }
  return made;
}

async function makeOne(
  root: string,
  directory: string,
  specialUse: SpecialUse | undefined,
): Promise<boolean> {
  const aside = join(root, 'tmp', `folder.${process.pid}.${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(aside, { mode: 0o700 });
    for (const part of maildirParts) await mkdir(join(aside, part), { mode: 0o700 });
    await writeFile(join(aside, 'maildirfolder'), '', { mode: 0o600 });
    if (specialUse !== undefined)
      await writeFile(join(aside, specialUseFile), `${specialUse}\n`, { mode: 0o600, flush: true });
    await syncDirectory(aside);
    await rename(aside, join(root, directory));
    return true;
  } catch (cause) {
    await rm(aside, { recursive: true, force: true });
    // rename() replaces neither a directory that has something in it nor what is none.
    if (isThere(cause)) return false;
    throw cause;
  }
}

function isThere(cause: unknown): boolean {
  return (
    cause instanceof Error &&
    'code' in cause &&
    ['EEXIST', 'ENOTEMPTY', 'ENOTDIR'].includes(String(cause.code))
  );
}
