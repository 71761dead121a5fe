// FETCH of what messages say, and SEARCH for words in them: a folder's UIDs put as the keys of the content index.
import type { ContentIndex, ContentQuery, ReadBytes } from '../content/content-index.ts';
import type { Folder } from '../mailbox.ts';
import type { OpenFolder } from './open-folder.ts';
import { readMessage } from './read-message.ts';
import type { StoredMessage } from './stored-message.ts';

/** In the order asked; messages that are gone are left out. */
export async function* describeMessages(
  folder: OpenFolder,
  uids: readonly number[],
): ReturnType<Folder['describe']> {
  const messages = uids.flatMap((uid) => folder.memory.message(uid) ?? []);
  const keys = messages.map(({ emailId }) => emailId);
  for await (const batch of contentOf(folder).describe(keys, readerOf(folder, messages))) {
    for (const { position, about, preview } of batch) {
      const uid = messages[position]?.uid;
      if (uid !== undefined) yield { uid, about, preview };
    }
  }
}

export async function searchMessages(
  folder: OpenFolder,
  query: ContentQuery,
): Promise<ReadonlySet<number>> {
  const { messages } = folder.memory;
  const keys = messages.map(({ emailId }) => emailId);
  const found = await contentOf(folder).search(query, keys, readerOf(folder, messages));
  const uids = new Set<number>();
  for (const [index, { uid }] of messages.entries()) {
    if (found.has(keys[index] ?? '')) uids.add(uid);
  }
  return uids;
}

/** New ones are indexed when it is quiet. */
export function noteAdded(folder: OpenFolder, messages: readonly StoredMessage[]): void {
  const keys = messages.map(({ emailId }) => emailId);
  contentOf(folder).added(keys, readerOf(folder, messages));
}

function contentOf(folder: OpenFolder): ContentIndex {
  return folder.context.content;
}

function readerOf(folder: OpenFolder, messages: readonly StoredMessage[]): ReadBytes {
  // Made when the first one has to be read: usually none has.
  let uidOf: ReadonlyMap<string, number> | undefined;
  return async (key) => {
    uidOf ??= new Map(messages.map(({ emailId, uid }) => [emailId, uid]));
    const uid = uidOf.get(key);
    return uid === undefined ? undefined : await readMessage(folder, uid);
  };
}
