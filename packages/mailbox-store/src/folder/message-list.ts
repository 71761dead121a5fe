// The messages of a folder as a list in order of their UIDs, and the numbers about them. Pure; lists are never mutated.
import type { StoredMessage } from './stored-message.ts';

export interface FolderCounts {
  readonly messages: number;
  readonly unseen: number;
  readonly deleted: number;
  readonly sizeBytes: number;
}

export interface MessageList {
  readonly messages: readonly StoredMessage[];
  readonly counts: FolderCounts;
}

export const emptyList: MessageList = {
  messages: [],
  counts: { messages: 0, unseen: 0, deleted: 0, sizeBytes: 0 },
};

/** Ascending by UID already. */
export function listOf(messages: readonly StoredMessage[]): MessageList {
  return { messages, counts: countsWith(emptyList.counts, [], messages) };
}

/** Where the UID is, or would be. */
export function positionOf(messages: readonly StoredMessage[], uid: number): number {
  let [low, high] = [0, messages.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((messages[middle]?.uid ?? 0) < uid) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Costs a copy of the list and the change, not a look at every message. */
export function withChanges(
  { messages, counts }: MessageList,
  put: readonly StoredMessage[],
  vanished: readonly number[],
): MessageList {
  if (put.length + vanished.length === 0) return { messages, counts };
  const gone = new Set(vanished);
  const removed = vanished.flatMap((uid) => at(messages, uid) ?? []);
  const replaced = put.flatMap(({ uid }) => at(messages, uid) ?? []);
  const next = gone.size > 0 ? messages.filter(({ uid }) => !gone.has(uid)) : messages.slice();
  let isInOrder = true;
  for (const message of put) {
    const position = positionOf(next, message.uid);
    if (next[position]?.uid === message.uid) next[position] = message;
    else {
      isInOrder &&= position === next.length;
      next.push(message);
    }
  }
  if (!isInOrder) next.sort((left, right) => left.uid - right.uid);
  return { messages: next, counts: countsWith(counts, [...removed, ...replaced], put) };
}

function at(messages: readonly StoredMessage[], uid: number): StoredMessage | undefined {
  const found = messages[positionOf(messages, uid)];
  return found?.uid === uid ? found : undefined;
}

function countsWith(
  counts: FolderCounts,
  without: readonly StoredMessage[],
  withThese: readonly StoredMessage[],
): FolderCounts {
  let { messages, unseen, deleted, sizeBytes } = counts;
  const count = (sign: 1 | -1, { place, sizeBytes: size }: StoredMessage): void => {
    messages += sign;
    if (!place.isSeen) unseen += sign;
    if (place.isDeleted) deleted += sign;
    sizeBytes += sign * size;
  };
  for (const message of without) count(-1, message);
  for (const message of withThese) count(1, message);
  return { messages, unseen, deleted, sizeBytes };
}
