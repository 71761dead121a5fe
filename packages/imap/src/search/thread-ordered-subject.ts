// THREAD=ORDEREDSUBJECT (RFC 5256 §3): messages of one base subject are one thread, the oldest first and the others its children.
import { baseSubject } from '@restante/mime';
import { collationKey } from './collation-key.ts';
import { byDate, threadNode, type ThreadNode, type ThreadSubject } from './thread-node.ts';

export function threadByOrderedSubject(messages: readonly ThreadSubject[]): readonly ThreadNode[] {
  const threads = new Map<string, ThreadNode>();
  // Sorted by date first, so that the first of a subject is its root, and roots are in the order of their dates.
  for (const node of messages.map((message) => threadNode(message)).sort(byDate)) {
    const text = collationKey(baseSubject(node.message?.subject ?? '').text);
    const root = threads.get(text);
    if (root === undefined) threads.set(text, node);
    else root.children.push(node);
  }
  return [...threads.values()];
}
