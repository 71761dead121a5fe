// Reads search keys (RFC 3501 §6.4.4 and §9, RFC 9051 §6.4.4; WITHIN, CONDSTORE, OBJECTID and SAVEDATE add theirs).
//
// Depth is bounded by the Reader; what cannot match anything ("NEW": we never had \Recent) becomes none() at once.
import { parseDate } from '../wire/date-time.ts';
import type { Reader } from '../wire/reader.ts';
import { bad } from '../wire/refusal.ts';
import { resolveRanges, type NumberRange, type SequenceSet } from '../wire/sequence-set.ts';
import type { MessageTime, SearchedField, SearchKey } from './search-key.ts';

/** What numbers and words mean in this command. */
export interface SearchContext {
  /** How many messages the client knows, and the UID of the last one. */
  readonly exists: number;
  readonly largestUid: number;
  /** "$" (RFC 5182 §2.1). */
  readonly savedUids: ReadonlySet<number>;
  readonly nowMs: number;
  /** From bytes on the wire to Unicode, in the charset of the command. */
  readonly decode: (wire: string) => string;
}

const dayMs = 86_400_000;
const flags: ReadonlyMap<string, string> = new Map([
  ['ANSWERED', '\\Answered'],
  ['DELETED', '\\Deleted'],
  ['DRAFT', '\\Draft'],
  ['FLAGGED', '\\Flagged'],
  ['SEEN', '\\Seen'],
]);
const fields: ReadonlySet<string> = new Set(['BCC', 'BODY', 'CC', 'FROM', 'SUBJECT', 'TEXT', 'TO']);
const all: SearchKey = { kind: 'all' };
const none: SearchKey = { kind: 'none' };

/** search-key *(SP search-key): all of them have to hold. */
export function parseSearchKeys(reader: Reader, context: SearchContext): SearchKey {
  const keys: SearchKey[] = [];
  do keys.push(parseSearchKey(reader, context));
  while (reader.take(' '));
  return and(keys);
}

function parseSearchKey(reader: Reader, context: SearchContext): SearchKey {
  if (/[\d*$]/.test(reader.peek)) return sequenceKey(reader.sequenceSet(), context);
  if (reader.peek === '(') return and(reader.list(() => parseSearchKey(reader, context)));
  return wordKey(reader.word(), reader, context);
}

function wordKey(word: string, reader: Reader, context: SearchContext): SearchKey {
  const flag = flags.get(word);
  if (flag !== undefined) return { kind: 'flag', flag };
  const missing = word.startsWith('UN') ? flags.get(word.slice(2)) : undefined;
  if (missing !== undefined) return not({ kind: 'flag', flag: missing });
  if (fields.has(word)) return fieldKey(word, reader, context);
  const time = /^(SENT|SAVED|)(BEFORE|ON|SINCE)$/.exec(word);
  if (time !== null) return dayKey(time[1] ?? '', time[2] ?? '', reader);
  return otherKey(word, reader, context);
}

function otherKey(word: string, reader: Reader, context: SearchContext): SearchKey {
  switch (word) {
    // RFC 8514 §4.3: we know the save date of every message. RFC 9051 appendix E: there is no \Recent any more.
    case 'ALL':
    case 'OLD':
    case 'SAVEDATESUPPORTED':
      return all;
    case 'NEW':
    case 'RECENT':
      return none;
    case 'NOT':
      reader.space();
      return not(reader.nested(() => parseSearchKey(reader, context)));
    case 'OR':
      return reader.nested(() => orKey(reader, context));
    case 'KEYWORD':
    case 'UNKEYWORD': {
      reader.space();
      const flag: SearchKey = { kind: 'flag', flag: reader.atom() };
      return word === 'KEYWORD' ? flag : not(flag);
    }
    case 'UID':
      reader.space();
      return uidKey(reader.sequenceSet(), context);
    case 'LARGER':
    case 'SMALLER': {
      reader.space();
      const bytes = reader.number();
      return word === 'LARGER'
        ? { kind: 'size', over: bytes, under: Number.POSITIVE_INFINITY }
        : { kind: 'size', over: -1, under: bytes };
    }
    case 'OLDER':
    case 'YOUNGER':
      return ageKey(word, reader, context.nowMs);
    case 'HEADER':
      return headerKey(reader, context);
    case 'MODSEQ':
      return modseqKey(reader);
    case 'EMAILID':
      reader.space();
      return { kind: 'email-id', id: reader.atom() };
    // RFC 8474 §5.3: we keep no threads, so no message has this one.
    case 'THREADID':
      reader.space();
      reader.atom();
      return none;
    default:
      throw bad(`There is no search key ${word}.`);
  }
}

function orKey(reader: Reader, context: SearchContext): SearchKey {
  reader.space();
  const first = parseSearchKey(reader, context);
  reader.space();
  return { kind: 'or', keys: [first, parseSearchKey(reader, context)] };
}

function sequenceKey(set: SequenceSet, context: SearchContext): SearchKey {
  if (set.kind === 'saved') return { kind: 'uid', has: (uid) => context.savedUids.has(uid) };
  return { kind: 'sequence', has: within(resolveRanges(set.ranges, context.exists)) };
}

function uidKey(set: SequenceSet, context: SearchContext): SearchKey {
  if (set.kind === 'saved') return { kind: 'uid', has: (uid) => context.savedUids.has(uid) };
  return { kind: 'uid', has: within(resolveRanges(set.ranges, context.largestUid)) };
}

/** Membership by halving; the ranges ascend and do not overlap. */
function within(ranges: readonly NumberRange[]): (value: number) => boolean {
  return (value) => {
    let [low, high] = [0, ranges.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const range = ranges[middle] as NumberRange;
      if (value < range.first) high = middle - 1;
      else if (value > range.last) low = middle + 1;
      else return true;
    }
    return false;
  };
}

function fieldKey(word: string, reader: Reader, context: SearchContext): SearchKey {
  reader.space();
  const words = context.decode(reader.astring());
  const field = word.toLowerCase() as SearchedField;
  if (words !== '') return { kind: 'words', in: field, words };
  // Every text contains the empty one; a field has to be there for it.
  return field === 'text' || field === 'body' ? all : { kind: 'header', name: field, words };
}

function headerKey(reader: Reader, context: SearchContext): SearchKey {
  reader.space();
  const name = reader.astring().toLowerCase();
  reader.space();
  return { kind: 'header', name, words: context.decode(reader.astring()) };
}

const times: Readonly<Record<string, MessageTime>> = {
  '': 'received',
  SAVED: 'saved',
  SENT: 'sent',
};

/** RFC 3501 §6.4.4: whole days; BEFORE excludes its day, ON is it, SINCE begins with it. */
function dayKey(of: string, how: string, reader: Reader): SearchKey {
  reader.space();
  const day = parseDate(reader.astring());
  if (day === undefined) throw bad('That is no date.');
  return {
    kind: 'time',
    of: times[of] ?? 'received',
    fromMs: how === 'BEFORE' ? Number.NEGATIVE_INFINITY : day,
    untilMs: how === 'BEFORE' ? day : how === 'ON' ? day + dayMs : Number.POSITIVE_INFINITY,
  };
}

/** RFC 5032 §3: seconds before now, by INTERNALDATE. */
function ageKey(word: string, reader: Reader, nowMs: number): SearchKey {
  reader.space();
  const seconds = reader.number32();
  if (seconds === 0) throw bad('An interval is at least one second.');
  const borderMs = nowMs - seconds * 1000;
  return word === 'OLDER'
    ? { kind: 'time', of: 'received', fromMs: Number.NEGATIVE_INFINITY, untilMs: borderMs + 1 }
    : { kind: 'time', of: 'received', fromMs: borderMs, untilMs: Number.POSITIVE_INFINITY };
}

/** RFC 7162 §3.1.5: an entry may be named; messages have one mod-sequence for everything, so it is read and passed over. */
function modseqKey(reader: Reader): SearchKey {
  reader.space();
  if (reader.peek === '"') {
    reader.string();
    reader.space();
    if (!/^(?:PRIV|SHARED|ALL)$/.test(reader.word())) throw bad('That is no type of entry.');
    reader.space();
  }
  return { kind: 'modseq', atLeast: reader.number() };
}

function and(keys: readonly SearchKey[]): SearchKey {
  const [only] = keys;
  return only !== undefined && keys.length === 1 ? only : { kind: 'and', keys };
}

function not(key: SearchKey): SearchKey {
  if (key.kind === 'all') return none;
  return key.kind === 'none' ? all : { kind: 'not', key };
}
