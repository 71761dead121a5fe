// What stands behind the name in SELECT and EXAMINE (RFC 4466 §2.1): CONDSTORE (RFC 7162 §3.1.8) and QRESYNC (RFC 7162 §3.2.5).
import type { Reader } from '../wire/reader.ts';
import { bad } from '../wire/refusal.ts';
import type { SequenceSet } from '../wire/sequence-set.ts';

export interface SelectParameters {
  readonly isCondstore: boolean;
  readonly qresync: QresyncState | undefined;
}

/** What the client knows from last time. */
export interface QresyncState {
  readonly uidValidity: number;
  readonly modseq: number;
  /** Absent: all below the UIDNEXT it knew. */
  readonly knownUids: SequenceSet | undefined;
  /** Some sequence numbers and the UIDs they had (RFC 7162 §3.2.5.2). */
  readonly match: { readonly sequences: SequenceSet; readonly uids: SequenceSet } | undefined;
}

/** " (CONDSTORE)", " (QRESYNC (7 90))", or nothing. */
export function parseSelectParameters(reader: Reader): SelectParameters {
  let parameters: SelectParameters = { isCondstore: false, qresync: undefined };
  if (!reader.take(' ')) return parameters;
  reader.list(() => {
    const word = reader.word();
    if (word === 'CONDSTORE') parameters = { ...parameters, isCondstore: true };
    else if (word === 'QRESYNC') {
      reader.space();
      parameters = { ...parameters, qresync: parseQresync(reader) };
    } else throw bad(`SELECT has no parameter ${word}.`);
  });
  return parameters;
}

function parseQresync(reader: Reader): QresyncState {
  reader.open();
  const uidValidity = reader.number32();
  reader.space();
  const modseq = reader.number();
  let knownUids: SequenceSet | undefined;
  let match: QresyncState['match'];
  if (reader.take(' ') && reader.peek !== '(') {
    knownUids = knownSet(reader);
    if (reader.take(' ')) match = parseMatch(reader);
  } else if (reader.peek === '(') match = parseMatch(reader);
  reader.close();
  return { uidValidity, modseq, knownUids, match };
}

/** RFC 7162 §7: seq-match-data = "(" known-sequence-set SP known-uid-set ")". */
function parseMatch(reader: Reader): QresyncState['match'] {
  reader.open();
  const sequences = knownSet(reader);
  reader.space();
  const uids = knownSet(reader);
  reader.close();
  return { sequences, uids };
}

/** RFC 7162 §7: known-uids is a sequence set without "*" (and without "$"). */
function knownSet(reader: Reader): SequenceSet {
  const set = reader.sequenceSet();
  const isPlain =
    set.kind === 'ranges' && set.ranges.every(({ last }) => last !== Number.POSITIVE_INFINITY);
  if (!isPlain) throw bad('A set of known messages has neither "*" nor "$".');
  return set;
}
