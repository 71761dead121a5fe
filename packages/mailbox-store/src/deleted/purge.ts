// Forgets recoverable mail for good: after its grace period, and, oldest first, what is more than a mailbox may hold.
import { lstatSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { recoverableFolder } from '../folders/folder-name.ts';
import type { MailboxCore } from '../folders/mailbox-core.ts';
import { baseNameOf, deletionInName, emailIdOf, sizeInName } from '../maildir/file-name.ts';
import { messagePath } from '../maildir/message-path.ts';
import { listNames } from '../maildir/scan.ts';

interface Kept {
  readonly path: string | Buffer;
  readonly baseName: string;
  readonly deletedAtMs: number;
  readonly sizeBytes: number;
}

export async function purgeRecoverable(core: MailboxCore): Promise<void> {
  const found = (await core.tree.folders()).get(recoverableFolder);
  const { clock, graceMs, content, quota } = core.options;
  const now = clock.now();
  if (found?.isSelectable !== true) return;
  const kept = await listKept(found.dir);
  const limitBytes = quota().bytes ?? Number.POSITIVE_INFINITY;
  let sumBytes = kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const gone: string[] = [];
  for (const { path, baseName, deletedAtMs, sizeBytes } of kept) {
    if (deletedAtMs + graceMs > now && sumBytes <= limitBytes) break;
    if (gone.length % 200 === 199) await new Promise((resolve) => setImmediate(resolve));
    removeIfThere(path);
    sumBytes -= sizeBytes;
    gone.push(emailIdOf(baseName));
  }
  // Where another copy is left, it is read again when somebody asks.
  if (gone.length > 0) content.forget(gone);
}

/** Oldest first. */
async function listKept(dir: string): Promise<readonly Kept[]> {
  const kept: Kept[] = [];
  for (const part of ['new', 'cur'] as const) {
    for (const name of await listNames(dir, part)) {
      const path = messagePath(dir, join(part, name));
      const baseName = baseNameOf(name);
      const deletedAtMs = deletedAt(path, baseName);
      if (deletedAtMs === undefined) continue;
      kept.push({ path, baseName, deletedAtMs, sizeBytes: sizeInName(baseName) ?? 0 });
    }
  }
  return kept.sort((left, right) => left.deletedAtMs - right.deletedAtMs);
}

/** What another program has put there was put there when its name was last changed. */
function deletedAt(path: string | Buffer, baseName: string): number | undefined {
  const deletion = deletionInName(baseName);
  if (deletion) return deletion.atSeconds * 1000;
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true ? stat.ctimeMs : undefined;
}

function removeIfThere(path: string | Buffer): void {
  try {
    unlinkSync(path);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
  }
}
