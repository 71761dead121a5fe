// Where a UID is, or would be, in messages ordered by UID.
import type { Message } from '@restante/mailbox-store';

/** Index of the first message whose UID is not below; the length when all are. */
export function lowerBound(messages: readonly Message[], uid: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((messages[middle]?.uid ?? 0) < uid) low = middle + 1;
    else high = middle;
  }
  return low;
}
