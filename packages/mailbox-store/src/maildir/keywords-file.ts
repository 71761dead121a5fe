// dovecot-keywords of one folder: "<number> <keyword>" a line, numbers 0 to 25.
//
// Promise: a keyword keeps its number for ever, for letters in file names mean it. Written under the lock of the UID list,
// which is what Dovecot holds for it too, and replaced as a whole (temporary file, fsync, rename, fsync of the directory).
import { constants, openSync, readFileSync, closeSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, syncDirectory } from '@restante/runtime';
import { MailboxStoreError } from '../errors.ts';
import { tryLock, unlock, waitForLock } from './dotlock.ts';
import { keywordsMax } from './flag-letters.ts';

export type Keywords = readonly (string | undefined)[];

const line = /^(\d{1,2}) ([^\s"\\(){%*\]]+)$/;

export function readKeywords(dir: string): Keywords {
  return parseKeywords(readIfThere(join(dir, 'dovecot-keywords')));
}

export function parseKeywords(text: string): Keywords {
  const keywords: (string | undefined)[] = [];
  for (const one of text.split('\n')) {
    const found = line.exec(one);
    const index = Number(found?.[1]);
    if (!found || index >= keywordsMax) continue;
    while (keywords.length < index) keywords.push(undefined);
    keywords[index] ??= found[2];
  }
  return keywords;
}

export function formatKeywords(keywords: Keywords): string {
  return keywords
    .map((keyword, index) => (keyword === undefined ? '' : `${index} ${keyword}\n`))
    .join('');
}

/** Gives numbers to keywords that have none; undefined (and nothing is written) when there are not enough left. */
export async function addKeywords(
  dir: string,
  wanted: readonly string[],
  clock: Clock,
): Promise<Keywords | undefined> {
  const lockPath = join(dir, 'dovecot-uidlist.lock');
  if (!tryLock(lockPath)) await waitForLock(lockPath, clock);
  try {
    const keywords = [...readKeywords(dir)];
    for (const keyword of wanted) {
      if (keywords.some((one) => one?.toLowerCase() === keyword.toLowerCase())) continue;
      const gap = Array.from(keywords).indexOf(undefined);
      if (gap >= 0) keywords[gap] = keyword;
      else keywords.push(keyword);
    }
    if (keywords.length > keywordsMax) return undefined;
    await replace(dir, formatKeywords(keywords));
    return keywords;
  } finally {
    unlock(lockPath);
  }
}

async function replace(dir: string, text: string): Promise<void> {
  const path = join(dir, 'dovecot-keywords');
  const temporary = `${path}.tmp`;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  try {
    const file = await open(temporary, flags, 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncDirectory(dir);
  } catch (cause) {
    throw new MailboxStoreError('MAILBOX_NOT_DURABLE', { about: path, cause });
  }
}

function readIfThere(path: string): string {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return readFileSync(fd, 'utf8');
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw cause;
  }
}
