// Files in large/ that no entry names: begun and never committed, or released just before a crash.
//
// A body is as good as the record that names it, so while any record is in doubt no whole body is removed: the damaged bytes in corrupt/, or
// a segment that could not be read this time, may be what names it. Once a person has emptied corrupt/, the next start tidies up.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Catalog } from './catalog.ts';

/** What is there before the first new body can be among it. */
export async function largeBodies(dir: string): Promise<string[]> {
  return await readdir(join(dir, 'large'));
}

export interface PastBodies {
  readonly dir: string;
  readonly catalog: Catalog;
  /** File names that were there at the start. */
  readonly present: readonly string[];
  /** Every record of every segment was read. */
  readonly isPastWhole: boolean;
}

export async function removeStrayBodies({
  dir,
  catalog,
  present,
  isPastWhole,
}: PastBodies): Promise<void> {
  const isInDoubt = !isPastWhole || (await readdir(join(dir, 'corrupt'))).length > 0;
  const wanted = new Set<string | undefined>();
  for (const entry of catalog.entries()) wanted.add(entry.large);
  for (const name of present) {
    if (wanted.has(name) || (isInDoubt && !isUnfinished(name))) continue;
    await rm(join(dir, 'large', name), { force: true });
  }
}

/** No record ever names a body that is not whole. */
function isUnfinished(name: string): boolean {
  return name.endsWith('.tmp');
}
