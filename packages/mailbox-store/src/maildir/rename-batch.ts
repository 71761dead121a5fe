// Several renames inside one mailbox that happen all or not at all, whatever crashes.
//
// More than one: the list is written to restante-batch.<...> in the mailbox's root first (durably); from then on the renames
// will be done, if not by us then by the next to open the mailbox. Doing them again does nothing: a source that is gone was
// renamed already. One rename needs no list.
import { existsSync, renameSync } from 'node:fs';
import { readdir, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory, writeFileDurably } from '@restante/runtime';
import { MailboxStoreError } from '../errors.ts';

/** From and to, below the root. */
export type RenamePair = readonly [from: string, to: string];

const batchName = /^restante-batch\.[0-9a-z.]+$/;
const sliceLength = 200;
let batchCount = 0;

/** `around` wraps each stretch of renames that is done without a pause. */
export async function renameAll(
  root: string,
  pairs: readonly RenamePair[],
  around: (work: () => void) => void = (work) => work(),
): Promise<void> {
  const [only, second] = pairs;
  if (only === undefined) return;
  if (second === undefined) {
    around(() => renameSync(join(root, only[0]), join(root, only[1])));
    return;
  }
  await syncAll(root, new Set(pairs.map(([from]) => dirname(from))));
  batchCount += 1;
  const list = join(root, `restante-batch.${process.pid}.${Date.now().toString(36)}.${batchCount}`);
  await writeFileDurably(list, JSON.stringify(pairs)).catch((cause: unknown) => {
    throw new MailboxStoreError('MAILBOX_NOT_DURABLE', { about: list, cause });
  });
  await finish(root, list, pairs, { rename: renameOrFail, around });
}

/** Finishes what a process that died has begun. */
export async function finishBatches(root: string): Promise<number> {
  const names = (await readdir(root)).filter((name) => batchName.test(name));
  let count = 0;
  for (const name of names) {
    if (name.endsWith('.tmp')) continue;
    const list = join(root, name);
    const text = await readFile(list, 'utf8').catch(() => undefined); // Its owner has just finished it.
    if (text === undefined) continue;
    await finish(root, list, JSON.parse(text) as readonly RenamePair[], {
      rename: renameIfThere,
      around: (work) => work(),
    });
    count += 1;
  }
  return count;
}

interface Finishing {
  readonly rename: (root: string, from: string, to: string) => void;
  readonly around: (work: () => void) => void;
}

async function finish(
  root: string,
  list: string,
  pairs: readonly RenamePair[],
  { rename, around }: Finishing,
): Promise<void> {
  for (let at = 0; at < pairs.length; at += sliceLength) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    around(() => {
      for (const [from, to] of pairs.slice(at, at + sliceLength)) rename(root, from, to);
    });
  }
  await syncAll(root, new Set(pairs.map(([, to]) => dirname(to))));
  await unlink(list).catch((cause: unknown) => {
    if (!isGone(cause)) throw cause; // Somebody else finished it at the same time.
  });
}

/** A source that is gone was renamed before the crash, or by somebody who finished the batch at the same time. */
function renameIfThere(root: string, from: string, to: string): void {
  try {
    renameSync(join(root, from), join(root, to));
  } catch (cause) {
    if (!isGone(cause)) throw cause;
  }
}

/** While nothing has crashed, a source that is gone without having arrived is a failure. */
function renameOrFail(root: string, from: string, to: string): void {
  try {
    renameSync(join(root, from), join(root, to));
  } catch (cause) {
    if (!isGone(cause) || !existsSync(join(root, to))) throw cause;
  }
}

async function syncAll(root: string, dirs: ReadonlySet<string>): Promise<void> {
  try {
    for (const dir of dirs) await syncDirectory(join(root, dir));
  } catch (cause) {
    if (isGone(cause)) return; // The directory itself went; so did what was in it.
    throw new MailboxStoreError('MAILBOX_NOT_DURABLE', { about: root, cause });
  }
}

function isGone(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
