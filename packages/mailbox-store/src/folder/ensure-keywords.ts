// Makes sure that flags can be written into file names of a folder: every keyword needs a number in dovecot-keywords.
import { addKeywords } from '../maildir/keywords-file.ts';
import type { OpenFolder } from './open-folder.ts';

/** False when there are more keywords than letters. Only from within `alone`. */
export async function ensureKeywords(
  folder: OpenFolder,
  flags: readonly string[],
): Promise<boolean> {
  if (unknownIn(folder, flags).length === 0) return true;
  folder.takeKeywords();
  const unknown = unknownIn(folder, flags);
  if (unknown.length === 0) return true;
  if ((await addKeywords(folder.dir, unknown, folder.context.clock)) === undefined) return false;
  folder.takeKeywords();
  return true;
}

/** System flags that Maildir does not know (\Recent) are nobody's business here. */
function unknownIn({ memory }: OpenFolder, flags: readonly string[]): readonly string[] {
  return memory.places.letters.unknown(flags).filter((flag) => !flag.startsWith('\\'));
}
