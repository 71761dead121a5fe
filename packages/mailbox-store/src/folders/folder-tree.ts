// Which folders there are: the directories beside the inbox, read again only when the mailbox's own directory changed.
import { lstatSync, readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SpecialUse } from '../mailbox.ts';
import { inbox, nameOfDirectory, parentsOf, recoverableFolder } from './folder-name.ts';

/** In a folder's directory, so that it goes where the folder goes; Dovecot does not look at it. */
export const specialUseFile = 'restante-special-use';
const uses: readonly string[] = ['all', 'archive', 'drafts', 'flagged', 'junk', 'sent', 'trash'];

export interface TreeFolder {
  readonly name: string;
  readonly dir: string;
  readonly isSelectable: boolean;
  readonly hasChildren: boolean;
  readonly specialUse?: SpecialUse;
  readonly isHidden: boolean;
}

export class FolderTree {
  readonly #root: string;
  #folders: ReadonlyMap<string, TreeFolder> | undefined;
  #mtimeMs = 0;
  #readAtMs = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** By name: INBOX first, then in order of the names; with those that only have children. */
  async folders(): Promise<ReadonlyMap<string, TreeFolder>> {
    const { mtimeMs } = statSync(this.#root);
    // A change in the tick of the last reading would leave the same time behind.
    if (this.#folders && mtimeMs === this.#mtimeMs && this.#readAtMs - mtimeMs > 100)
      return this.#folders;
    this.#mtimeMs = mtimeMs;
    this.#readAtMs = Date.now();
    this.#folders = await this.#read();
    return this.#folders;
  }

  /** After a change of our own. */
  forget(): void {
    this.#folders = undefined;
  }

  async #read(): Promise<ReadonlyMap<string, TreeFolder>> {
    const directories = new Map<string, string>();
    for (const entry of await readdir(this.#root, { withFileTypes: true })) {
      // A link could lead into somebody else's mail.
      if (!entry.isDirectory()) continue;
      const name = nameOfDirectory(entry.name);
      if (name !== undefined && isMaildir(join(this.#root, entry.name)))
        directories.set(name, join(this.#root, entry.name));
    }
    const parents = new Set([...directories.keys()].flatMap(parentsOf));
    const names = new Set([...directories.keys(), ...parents]);
    names.delete(inbox);
    directories.set(inbox, this.#root);
    const folders = [inbox, ...[...names].sort(byLevels)].map((name) =>
      this.#folder(name, directories.get(name), parents.has(name)),
    );
    return new Map(folders.map((folder) => [folder.name, folder]));
  }

  #folder(name: string, dir: string | undefined, hasChildren: boolean): TreeFolder {
    const specialUse = dir === undefined || name === inbox ? undefined : readSpecialUse(dir);
    return {
      name,
      dir: dir ?? '',
      isSelectable: dir !== undefined,
      hasChildren,
      ...(specialUse !== undefined && { specialUse }),
      isHidden: name === recoverableFolder,
    };
  }
}

function isMaildir(dir: string): boolean {
  return lstatSync(join(dir, 'cur'), { throwIfNoEntry: false })?.isDirectory() === true;
}

function readSpecialUse(dir: string): SpecialUse | undefined {
  try {
    const text = readFileSync(join(dir, specialUseFile), 'utf8').trim();
    return uses.includes(text) ? (text as SpecialUse) : undefined;
  } catch (cause) {
    if (
      cause instanceof Error &&
      'code' in cause &&
      ['ENOENT', 'EISDIR'].includes(String(cause.code))
    )
      return undefined;
    throw cause;
  }
}

/** A folder right before what is in it. */
function byLevels(left: string, right: string): number {
  const [a, b] = [left.replaceAll('/', '\0'), right.replaceAll('/', '\0')];
  return a < b ? -1 : Number(a > b);
}
