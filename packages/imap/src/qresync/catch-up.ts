// What a client missed (RFC 7162 §3.2.5): said between the untagged lines of SELECT and its OK.
import { plainFormatter } from '../fetch/plain-items.ts';
import type { SelectedFolder } from '../session/selected-folder.ts';
import type { Session } from '../session/session.ts';
import { resolveRanges, type NumberRange, type SequenceSet } from '../wire/sequence-set.ts';
import type { QresyncState } from './select-parameters.ts';
import { vanishedSet } from './vanished.ts';

/** For the folder just selected. Nothing when the UIDVALIDITY is another: the client knows nothing then. */
export async function sayCatchUp(session: Session, known: QresyncState): Promise<void> {
  const { selected: view, out } = session;
  const { folder } = view;
  if (known.uidValidity !== folder.uidValidity) return;
  const largest = folder.uidNext - 1;
  const all: readonly NumberRange[] = largest < 1 ? [] : [{ first: 1, last: largest }];
  const ranges =
    known.knownUids?.kind === 'ranges'
      ? resolveRanges(known.knownUids.ranges, largest).filter(({ first }) => first <= largest)
      : all;
  const gone = vanishedSet(folder, known.modseq, after(ranges, stillMatching(view, known)));
  if (gone !== '') out.untagged(`VANISHED (EARLIER) ${gone}`);

  const format = plainFormatter(['UID', 'FLAGS', 'MODSEQ']);
  for (const { first, last } of view.ranges(ranges, 'uid')) {
    for (let sequence = first; sequence <= last; sequence += 1) {
      const message = view.at(sequence);
      if (message === undefined || message.modseq <= known.modseq) continue;
      out.text(`* ${sequence} FETCH (${format(message)})\r\n`);
      const full = out.backPressure();
      if (full !== undefined) await full;
    }
  }
}

/**
 * The largest UID of the match data that still has its sequence number: up to it nothing went (RFC 7162 §3.2.5.2). It spares a client
 * a long VANISHED where the folder has forgotten what went when.
 */
function stillMatching(view: SelectedFolder, { match }: QresyncState): number {
  if (match === undefined) return 0;
  let matching = 0;
  const uids = numbersOf(match.uids);
  for (const sequence of numbersOf(match.sequences)) {
    const uid = uids.next();
    if (uid.done === true || view.at(sequence)?.uid !== uid.value) break;
    matching = uid.value;
  }
  return matching;
}

/** As written; lazily, because "1:4294967295" is a set as well. */
function* numbersOf(set: SequenceSet): Generator<number> {
  if (set.kind !== 'ranges') return;
  for (const { first, last } of set.ranges) {
    for (let number = first; number <= last; number += 1) yield number;
  }
}

function after(ranges: readonly NumberRange[], uid: number): readonly NumberRange[] {
  return ranges
    .map(({ first, last }) => ({ first: Math.max(first, uid + 1), last }))
    .filter(({ first, last }) => first <= last);
}
