// The messages of a deleted folder go to the recoverable ones. The folder is gone already (renamed aside, to a name that is
// none of a folder); what a crash leaves of it is finished when the mailbox is opened next.
import { renameSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '@restante/runtime';
import { MailboxStoreError } from '../errors.ts';
import { factsOf, listFolder } from '../folder/list-folder.ts';
import type { MailboxCore } from '../folders/mailbox-core.ts';
import { copyNameOf, sizeInName } from '../maildir/file-name.ts';
import { messagePath } from '../maildir/message-path.ts';
import { glanceAtUidList } from '../maildir/uid-list-header.ts';
import { noteOrigin } from './origins.ts';

// Dovecot ignores names that begin with two dots, and so do we.
export const removedDirectoryPrefix = '..restante-removed.';
const sliceLength = 200;

export async function discardFolder(
  core: MailboxCore,
  aside: string,
  name?: string,
): Promise<void> {
  const dir = join(core.root, aside);
  const { graceMs, clock, hostname } = core.options;
  const listing = await listFolder(dir, ['new', 'cur']);
  let bytes = 0;
  if (graceMs > 0 && listing.size > 0) {
    const keepDir = await core.recoverableDir();
    const deletedFrom = (glanceAtUidList(dir)?.guid ?? '').slice(0, 16).padEnd(16, '0');
    if (name !== undefined) await noteOrigin(keepDir, deletedFrom, name);
    let count = 0;
    for (const [baseName, key] of listing) {
      count += 1;
      if (count % sliceLength === 0) await new Promise((resolve) => setImmediate(resolve));
      const facts = factsOf(dir, baseName, key);
      if (facts === undefined) continue;
      bytes += facts.sizeBytes;
      const kept = copyNameOf(baseName, {
        receivedAtMs: clock.now(),
        hostname,
        sizeBytes: sizeInName(baseName) ?? facts.sizeBytes,
        virtualSizeBytes: facts.sizeBytes,
        deletedFrom,
      });
      // Keywords have other letters there; what is a system flag stays, but for \Deleted.
      const letters = key
        .slice(1)
        .replace(/^:2,/, '')
        .replaceAll(/[^DFRS]/g, '');
      renameSync(
        messagePath(dir, `${key.startsWith('n') ? 'new' : 'cur'}/${baseName}${key.slice(1)}`),
        messagePath(keepDir, `cur/${kept}:2,${letters}`),
      );
    }
    await syncKept(keepDir);
  }
  core.usage.note(-bytes, -listing.size);
  await rm(dir, { recursive: true, force: true });
}

/** What a crash left in the middle of it. */
export async function finishDiscards(core: MailboxCore): Promise<void> {
  for (const name of await readdir(core.root)) {
    if (name.startsWith(removedDirectoryPrefix)) await discardFolder(core, name);
  }
}

async function syncKept(keepDir: string): Promise<void> {
  try {
    await syncDirectory(join(keepDir, 'cur'));
  } catch (cause) {
    throw new MailboxStoreError('MAILBOX_NOT_DURABLE', { about: keepDir, cause });
  }
}
