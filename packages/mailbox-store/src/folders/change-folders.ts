// CREATE, DELETE and RENAME of folders. Each is whole or absent after a crash: one rename of a directory, or a batch of them.
import { randomBytes } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { syncDirectory } from '@restante/runtime';
import { MailboxStoreError } from '../errors.ts';
import { moveMessages } from '../folder/copy-messages.ts';
import { renameAll } from '../maildir/rename-batch.ts';
import type { FolderAnswer, SpecialUse } from '../mailbox.ts';
import { discardFolder, removedDirectoryPrefix } from '../deleted/discard-folder.ts';
import { directoryOf, folderName, inbox, recoverableFolder } from './folder-name.ts';
import { makeFolders } from './make-folder.ts';
import type { MailboxCore } from './mailbox-core.ts';

export async function createFolder(
  core: MailboxCore,
  text: string,
  specialUse?: SpecialUse,
): Promise<FolderAnswer> {
  // RFC 3501 §6.3.3: a separator at the end says that there will be folders below it.
  const name = folderName(text.replace(/\/$/, ''));
  if (!name.ok) return { kind: 'name-refused', why: name.problem };
  if (name.value === inbox) return { kind: 'exists' };
  const refused = reserved(name.value);
  if (refused) return refused;
  const directory = directoryOf(name.value);
  const folder = specialUse === undefined ? { directory } : { directory, specialUse };
  const made = await makeFolders(core.root, [folder]);
  core.tree.forget();
  return { kind: made.length > 0 ? 'done' : 'exists' };
}

export async function deleteFolder(core: MailboxCore, text: string): Promise<FolderAnswer> {
  const name = folderName(text);
  if (!name.ok) return { kind: 'no-such-folder' };
  if (name.value === inbox) return { kind: 'name-refused', why: 'The inbox cannot be deleted.' };
  const refused = reserved(name.value);
  if (refused) return refused;
  const found = (await core.tree.folders()).get(name.value);
  if (found === undefined) return { kind: 'no-such-folder' };
  // RFC 3501 §6.3.4: a name that only has children cannot be deleted.
  if (!found.isSelectable) return { kind: 'has-children' };
  const aside = `${removedDirectoryPrefix}${randomBytes(8).toString('hex')}`;
  const open = await core.folders.find(name.value);
  const remove = async (): Promise<void> => {
    renameSync(found.dir, join(core.root, aside));
    await syncRoot(core);
  };
  await (open ? open.alone(remove) : remove());
  core.tree.forget();
  core.forgetFiles(found.dir);
  core.folders.remove(name.value);
  if (open) open.end();
  await discardFolder(core, aside, name.value);
  return { kind: 'done' };
}

export async function renameFolder(
  core: MailboxCore,
  fromText: string,
  toText: string,
): Promise<FolderAnswer> {
  const from = folderName(fromText);
  const to = folderName(toText.replace(/\/$/, ''));
  if (!from.ok) return { kind: 'no-such-folder' };
  if (!to.ok) return { kind: 'name-refused', why: to.problem };
  const refused = reserved(from.value) ?? reserved(to.value);
  if (refused) return refused;
  const folders = await core.tree.folders();
  if (!folders.has(from.value)) return { kind: 'no-such-folder' };
  if (folders.has(to.value) || existsSync(join(core.root, directoryOf(to.value))))
    return { kind: 'exists' };
  if (from.value === inbox) return renameInbox(core, to.value);
  if (to.value.startsWith(`${from.value}/`))
    return { kind: 'name-refused', why: 'A folder cannot be moved into itself.' };
  const moved = [...folders.values()]
    .filter((one) => one.isSelectable)
    .filter(({ name }) => name === from.value || name.startsWith(`${from.value}/`))
    .map(({ name }) => [name, to.value + name.slice(from.value.length)] as const);
  for (const [, name] of moved) {
    const target = folderName(name);
    if (!target.ok) return { kind: 'name-refused', why: target.problem };
  }
  await renameDirectories(core, moved);
  return { kind: 'done' };
}

/** RFC 3501 §6.3.5: its messages go to a new folder, the inbox and what is below it stay. */
async function renameInbox(core: MailboxCore, to: string): Promise<FolderAnswer> {
  const made = await createFolder(core, to);
  if (made.kind !== 'done') return made;
  const source = await core.open(inbox);
  if (source === undefined) return { kind: 'no-such-folder' };
  try {
    await source.refresh();
    await moveMessages(
      source,
      source.memory.messages.map(({ uid }) => uid),
      to,
    );
    return { kind: 'done' };
  } finally {
    core.release(source);
  }
}

async function renameDirectories(
  core: MailboxCore,
  moved: readonly (readonly [from: string, to: string])[],
): Promise<void> {
  const names = new Map(moved);
  const open = core.folders.opened().filter(({ name }) => names.has(name));
  // Nobody changes a folder while it gets its new place.
  const rename = async (): Promise<void> => {
    const pairs = moved.map(([from, to]) => [directoryOf(from), directoryOf(to)] as const);
    await renameAll(core.root, pairs);
    await syncRoot(core);
    core.tree.forget();
    for (const [from, to] of moved) {
      core.folders.rename(from, to);
      core.forgetFiles(join(core.root, directoryOf(from)));
    }
    for (const folder of open) {
      const name = names.get(folder.name) ?? folder.name;
      folder.moveTo(name, core.filesOf(join(core.root, directoryOf(name))));
    }
  };
  await open.reduceRight((inner, folder) => async () => folder.alone(inner), rename)();
}

function reserved(name: string): FolderAnswer | undefined {
  if (name !== recoverableFolder && !name.startsWith(`${recoverableFolder}/`)) return undefined;
  return { kind: 'name-refused', why: `"${recoverableFolder}" is kept by the server.` };
}

async function syncRoot(core: MailboxCore): Promise<void> {
  try {
    await syncDirectory(core.root);
  } catch (cause) {
    throw new MailboxStoreError('MAILBOX_NOT_DURABLE', { about: core.root, cause });
  }
}
