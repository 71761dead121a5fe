// Searches by reading every message: what the index must be equal to, and the answer when there is no index.
import { readMessage } from '@restante/mime';
import type { ContentKey, ContentQuery, ReadBytes } from './content-index.ts';
import { isFound, wordsOf } from './message-words.ts';
import { Breath, readMany } from './read-many.ts';

/** `needle` is folded. */
export async function searchByReading(
  { place, needle }: { readonly place: ContentQuery['in']; readonly needle: string },
  keys: readonly ContentKey[],
  read: ReadBytes,
): Promise<ReadonlySet<ContentKey>> {
  const found = new Set<ContentKey>();
  const breath = new Breath();
  await readMany(keys, read, async (key, bytes) => {
    if (isFound(wordsOf(bytes, readMessage(bytes)), place, needle)) found.add(key);
    if (breath.isDue) await breath.take();
  });
  return found;
}
