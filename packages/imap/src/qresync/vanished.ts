// VANISHED (EARLIER) (RFC 7162 §3.2.10): UIDs a client may still have that went after a mod-sequence.
import type { Folder } from '@restante/mailbox-store';
import { formatNumberSet, type NumberRange } from '../wire/sequence-set.ts';

/**
 * The set as text, of UIDs in the ranges (ascending, resolved); empty when none went. Where the folder no longer knows since when,
 * everything that is not here is told: RFC 7162 §3.2.6 allows more than went, never less.
 */
export function vanishedSet(folder: Folder, since: number, ranges: readonly NumberRange[]): string {
  const known = folder.vanishedSince(since);
  return known === undefined ? missingIn(folder, ranges) : formatNumberSet(within(known, ranges));
}

function within(uids: readonly number[], ranges: readonly NumberRange[]): readonly number[] {
  let at = 0;
  return uids.filter((uid) => {
    while ((ranges[at]?.last ?? Number.POSITIVE_INFINITY) < uid) at += 1;
    return uid >= (ranges[at]?.first ?? Number.POSITIVE_INFINITY);
  });
}

/** Gaps between the messages, cut to the ranges; never a UID that was not given yet. */
function missingIn({ messages, uidNext }: Folder, ranges: readonly NumberRange[]): string {
  const gaps: string[] = [];
  let at = 0;
  for (const { first, last: end } of ranges) {
    const last = Math.min(end, uidNext - 1);
    let from = first;
    while ((messages[at]?.uid ?? Number.POSITIVE_INFINITY) < first) at += 1;
    while (from <= last) {
      const here = Math.min(messages[at]?.uid ?? Number.POSITIVE_INFINITY, last + 1);
      if (here > from) gaps.push(here - 1 === from ? String(from) : `${from}:${here - 1}`);
      from = here + 1;
      if (here <= last) at += 1;
    }
  }
  return gaps.join(',');
}
