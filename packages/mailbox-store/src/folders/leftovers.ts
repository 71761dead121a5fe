// Removes what processes that died have left in a mailbox, once it is old enough to be nobody's.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeIfOld, removeLeftovers } from '../maildir/scan.ts';
import type { MailboxCore } from './mailbox-core.ts';

export async function removeAllLeftovers({ root, tree, options }: MailboxCore): Promise<void> {
  const now = options.clock.now();
  for (const { dir, isSelectable } of (await tree.folders()).values()) {
    if (isSelectable) await removeLeftovers(dir, now);
  }
  for (const name of await readdir(root)) {
    if (/^restante-batch\..*\.tmp$/.test(name)) await removeIfOld(join(root, name), now);
  }
}
