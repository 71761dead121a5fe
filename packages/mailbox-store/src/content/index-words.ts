// Brings the words of messages into the index: reads them a few at a time and sends them to the worker in batches.
import type { ContentKey, ReadBytes } from './content-index.ts';
import { readMany } from './read-many.ts';
import type { WorkerDoor } from './worker-door.ts';

/** One transaction of the worker; a search that comes meanwhile waits for it. */
const batchMessages = 64;
const batchBytes = 1_048_576;

export interface WordsToIndex {
  readonly path: string;
  readonly door: WorkerDoor;
  readonly read: ReadBytes;
  /** They are in the index, durable as far as a cache is. */
  readonly onIndexed: (keys: readonly ContentKey[]) => void;
}

interface Batch {
  readonly messages: { readonly key: ContentKey; readonly bytes: Buffer }[];
  sizeBytes: number;
}

/** Resolves when all that are there are indexed. Rejects with what went wrong first; nothing is half indexed then. */
export async function indexWords(
  keys: readonly ContentKey[],
  { path, door, read, onIndexed }: WordsToIndex,
): Promise<void> {
  let batch: Batch = { messages: [], sizeBytes: 0 };
  let last: Promise<void> = Promise.resolve();
  const send = async () => {
    const { messages } = batch;
    const indexed = messages.map(({ key }) => key);
    batch = { messages: [], sizeBytes: 0 };
    const before = last;
    last = door.ask({ kind: 'index', path, messages }).then(() => onIndexed(indexed));
    // Met by whoever sends next, or at the end; never unhandled.
    last.catch(() => undefined);
    // One batch at the worker, one on its way: memory stays bounded.
    await before;
  };
  await readMany(keys, read, async (key, bytes) => {
    batch.messages.push({ key, bytes });
    batch.sizeBytes += bytes.length;
    if (batch.messages.length >= batchMessages || batch.sizeBytes >= batchBytes) await send();
  });
  if (batch.messages.length > 0) await send();
  await last;
}
