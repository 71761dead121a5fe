// A new mailbox gets the folders every client looks for, once: who deletes them later does not get them back.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '@restante/runtime';
import { MailboxStoreError } from '../errors.ts';
import type { SpecialUse } from '../mailbox.ts';
import { editAccountFile } from './account-file.ts';
import { directoryOf } from './folder-name.ts';
import { specialUseFile } from './folder-tree.ts';
import { makeFolders } from './make-folder.ts';
import type { MailboxCore } from './mailbox-core.ts';
import { withSubscription } from './subscriptions-file.ts';

// RFC 6154 §2.
const usual: readonly (readonly [name: string, use: SpecialUse])[] = [
  ['Drafts', 'drafts'],
  ['Sent', 'sent'],
  ['Trash', 'trash'],
  ['Junk', 'junk'],
  ['Archive', 'archive'],
];

export async function furnish({ root, tree, options }: MailboxCore): Promise<void> {
  const marker = join(root, 'restante-furnished');
  if (existsSync(marker)) return;
  const folders = usual.map(([name, specialUse]) => ({ directory: directoryOf(name), specialUse }));
  try {
    const made = new Set(await makeFolders(root, folders));
    for (const { directory, specialUse } of folders) {
      // Of another program, or of us before a crash.
      if (!made.has(directory)) await claim(join(root, directory, specialUseFile), specialUse);
    }
    await editAccountFile(join(root, 'subscriptions'), options.clock, (text) =>
      usual.reduce((edited, [name]) => withSubscription(edited, name, true) ?? edited, text),
    );
    await writeFileDurably(marker, '');
  } catch (cause) {
    if (cause instanceof MailboxStoreError) throw cause;
    throw new MailboxStoreError('MAILBOX_WRITE_FAILED', { about: root, cause });
  }
  tree.forget();
}

async function claim(path: string, specialUse: SpecialUse): Promise<void> {
  if (!existsSync(path)) await writeFile(path, `${specialUse}\n`, { mode: 0o600, flush: true });
}
