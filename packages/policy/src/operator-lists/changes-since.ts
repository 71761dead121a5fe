// What came about here behind a cursor, a page at a time. A cursor is "process.number"; after a restart everybody begins anew.
import type { EntryChanges, OperatorEntry } from './operator-lists.ts';

export interface Kept {
  readonly entry: OperatorEntry;
  /** Grows with every change of this process; the map is in its order. */
  readonly sequence: number;
}

const pageMax = 1000;

export function changesSince(
  kept: ReadonlyMap<string, Kept>,
  {
    epoch,
    sequence,
    since = '',
  }: { readonly epoch: string; readonly sequence: number; readonly since: string | undefined },
): EntryChanges {
  const [theirs, number] = since.split('.');
  const from = theirs === epoch && /^\d{1,15}$/.test(number ?? '') ? Number(number) : 0;
  const entries: OperatorEntry[] = [];
  let last = Math.min(from, sequence);
  if (from < sequence) {
    for (const each of kept.values()) {
      if (each.sequence <= from) continue;
      if (entries.length >= pageMax) return { entries, cursor: `${epoch}.${last}`, hasMore: true };
      entries.push(each.entry);
      last = each.sequence;
    }
    last = sequence;
  }
  return { entries, cursor: `${epoch}.${last}`, hasMore: false };
}
