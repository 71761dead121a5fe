// Makes the directories of a Maildir, privately and durably, and refuses a path that leads elsewhere.
//
// Every component below the root must be a directory of its own, not a link: somebody who can write one name there must
// not be able to send another person's mail somewhere else. Files are then opened with O_NOFOLLOW.
import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '@restante/runtime';
import { MailboxStoreError } from '../errors.ts';

export const maildirParts = ['tmp', 'new', 'cur'] as const;

/** Gives the path of the Maildir; afterwards it and its three parts exist and survive a power cut. */
export async function ensureMaildir(root: string, components: readonly string[]): Promise<string> {
  let path = root;
  for (const component of components) {
    await ensureDirectory(path, component);
    path = join(path, component);
  }
  const made = await Promise.all(maildirParts.map((part) => makeDirectory(join(path, part))));
  if (made.includes(true)) await syncDirectory(path);
  return path;
}

async function ensureDirectory(parent: string, name: string): Promise<void> {
  if (await makeDirectory(join(parent, name))) await syncDirectory(parent);
}

/** True when it was not there before. */
async function makeDirectory(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
  }
  if (!(await lstat(path)).isDirectory())
    throw new MailboxStoreError('MAILBOX_UNSAFE', { about: path });
  return false;
}
