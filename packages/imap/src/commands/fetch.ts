// FETCH and UID FETCH (RFC 3501 §6.4.5, §6.4.8; RFC 7162 §3.1.4, §3.2.6; RFC 9394 §3.4).
import type { FetchItems, FetchModifiers, PlainItem } from '../fetch/fetch-item.ts';
import { parseFetchItems } from '../fetch/parse-fetch-items.ts';
import { parseFetchModifiers, takePartial } from '../fetch/parse-fetch-modifiers.ts';
import { runFetch } from '../fetch/run-fetch.ts';
import { enableCondstore } from '../qresync/enable-condstore.ts';
import { vanishedSet } from '../qresync/vanished.ts';
import type { SelectedFolder } from '../session/selected-folder.ts';
import type { Session } from '../session/session.ts';
import type { Reader } from '../wire/reader.ts';
import { bad } from '../wire/refusal.ts';
import { resolveRanges, type NumberRange, type SequenceSet } from '../wire/sequence-set.ts';
import { whenSelected, type Command } from './command.ts';

export interface FetchArguments {
  readonly by: 'uid' | 'sequence';
  readonly set: SequenceSet;
  readonly items: FetchItems;
  readonly modifiers: FetchModifiers;
}

export const fetch: Command<FetchArguments> = {
  name: 'FETCH',
  allowedIn: whenSelected,
  updates: 'all-but-expunge',
  parse: (reader) => parseFetch(reader, 'sequence'),
  run: answerFetch,
};

export function parseFetch(reader: Reader, by: 'uid' | 'sequence'): FetchArguments {
  reader.space();
  const set = reader.sequenceSet();
  reader.space();
  const items = parseFetchItems(reader);
  const modifiers = parseFetchModifiers(reader);
  reader.end();
  return { by, set, items, modifiers };
}

export async function answerFetch(
  session: Session,
  { by, set, items, modifiers }: FetchArguments,
): Promise<{ readonly text: string }> {
  const { changedSince, tellsVanished, partial } = modifiers;
  // RFC 7162 §3.2.6: only UIDs can vanish, and only a client that enabled QRESYNC may ask.
  if (tellsVanished && (by !== 'uid' || !session.isQresync)) {
    throw bad('VANISHED is for UID FETCH once QRESYNC is enabled.');
  }
  if (changedSince !== undefined || items.plain.includes('MODSEQ')) enableCondstore(session);
  const view = session.selected;
  if (tellsVanished) tellVanished(session, set, changedSince ?? 0);
  const named = sequenceRanges(view, set, by);
  await runFetch(session, {
    ranges: partial === undefined ? named : partOf(named, partial),
    items: { ...items, plain: plainOf(items.plain, { by, changedSince }) },
    changedSince: changedSince ?? -1,
  });
  return { text: 'Fetched.' };
}

/** What is said unasked: the UID of a UID FETCH (RFC 3501 §6.4.8), MODSEQ with CHANGEDSINCE (RFC 7162 §3.1.4.1). */
function plainOf(
  plain: readonly PlainItem[],
  {
    by,
    changedSince,
  }: { readonly by: 'uid' | 'sequence'; readonly changedSince: number | undefined },
): readonly PlainItem[] {
  const first: readonly PlainItem[] = by === 'uid' ? ['UID'] : [];
  const last: readonly PlainItem[] = changedSince === undefined ? [] : ['MODSEQ'];
  return [...new Set([...first, ...plain, ...last])];
}

/** RFC 7162 §3.2.6: before any FETCH response. */
function tellVanished(session: Session, set: SequenceSet, since: number): void {
  if (set.kind !== 'ranges') return;
  const { folder } = session.selected;
  const gone = vanishedSet(folder, since, resolveRanges(set.ranges, folder.uidNext - 1));
  if (gone !== '') session.out.untagged(`VANISHED (EARLIER) ${gone}`);
}

/** A set as ascending ranges of sequence numbers. */
export function sequenceRanges(
  view: SelectedFolder,
  set: SequenceSet,
  by: 'uid' | 'sequence',
): readonly NumberRange[] {
  if (set.kind === 'ranges') return view.ranges(set.ranges, by);
  return [...view.select(set, by)].map((sequence) => ({ first: sequence, last: sequence }));
}

/** RFC 9394 §3.4: those at these positions among the messages named. */
function partOf(
  ranges: readonly NumberRange[],
  partial: { readonly first: number; readonly last: number },
): readonly NumberRange[] {
  const sequences = ranges.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
  const part = takePartial(sequences, partial);
  return part.map((sequence) => ({ first: sequence, last: sequence }));
}
