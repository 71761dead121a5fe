// A search key as a function of one message, in logic of three values: yes, no, and "not with what is known so far".
//
// The same test is asked several times with more evidence each time: first what is in memory, then the sets of the full-text index, then
// envelope and header of the few that are left. Whoever is decided early is never read.
import { parseDateTime, type ReadMessage } from '@restante/mime';
import type { Message } from '@restante/mailbox-store';
import { costOf, type MessageTime, type SearchKey } from './search-key.ts';

/** What is known beyond the Message; one object for a whole search, filled as it goes on. */
export interface Evidence {
  /** Per key of words, the UIDs that have them. */
  readonly found: Map<SearchKey, ReadonlySet<number>>;
  about?: ReadMessage | undefined;
  /** Whether the header has the words (only with `about`). */
  hasInHeader?: ((name: string, words: string) => boolean) | undefined;
}

export type MessageTest = (
  message: Message,
  sequence: number,
  evidence: Evidence,
) => boolean | undefined;

export function messageTest(key: SearchKey): MessageTest {
  switch (key.kind) {
    case 'all':
      return () => true;
    case 'none':
      return () => false;
    case 'and':
      return every(key.keys);
    case 'or':
      return some(key.keys);
    case 'not': {
      const test = messageTest(key.key);
      return (message, sequence, evidence) => {
        const answer = test(message, sequence, evidence);
        return answer === undefined ? undefined : !answer;
      };
    }
    case 'flag':
      return hasFlag(key.flag);
    case 'sequence':
      return (_message, sequence) => key.has(sequence);
    case 'uid':
      return ({ uid }) => key.has(uid);
    case 'size':
      return ({ sizeBytes }) => sizeBytes > key.over && sizeBytes < key.under;
    case 'modseq':
      return ({ modseq }) => modseq >= key.atLeast;
    case 'email-id':
      return ({ emailId }) => emailId === key.id;
    case 'time':
      return (message, _sequence, { about }) => {
        const time = timeOf(key.of, message, about);
        return time === undefined ? undefined : time >= key.fromMs && time < key.untilMs;
      };
    case 'words':
      return ({ uid }, _sequence, { found }) => found.get(key)?.has(uid);
    case 'header':
      return (_message, _sequence, { hasInHeader }) => hasInHeader?.(key.name, key.words);
  }
}

/** The cheap ones first: one "no" is enough. */
function every(keys: readonly SearchKey[]): MessageTest {
  const tests = keys.toSorted((a, b) => costOf(a) - costOf(b)).map(messageTest);
  return (message, sequence, evidence) => {
    let answer: boolean | undefined = true;
    for (const test of tests) {
      const part = test(message, sequence, evidence);
      if (part === false) return false;
      if (part === undefined) answer = undefined;
    }
    return answer;
  };
}

function some(keys: readonly SearchKey[]): MessageTest {
  const tests = keys.toSorted((a, b) => costOf(a) - costOf(b)).map(messageTest);
  return (message, sequence, evidence) => {
    let answer: boolean | undefined = false;
    for (const test of tests) {
      const part = test(message, sequence, evidence);
      if (part === true) return true;
      if (part === undefined) answer = undefined;
    }
    return answer;
  };
}

/** Sets of flags are interned: each is looked through once. RFC 3501 §2.3.2: flags are not case-sensitive. */
function hasFlag(flag: string): MessageTest {
  const wanted = flag.toLowerCase();
  const known = new Map<readonly string[], boolean>();
  return ({ flags }) => {
    let answer = known.get(flags);
    if (answer === undefined) {
      answer = flags.some((name) => name.toLowerCase() === wanted);
      known.set(flags, answer);
    }
    return answer;
  };
}

function timeOf(
  which: MessageTime,
  message: Message,
  about: ReadMessage | undefined,
): number | undefined {
  if (which === 'received') return message.receivedAtMs;
  if (which === 'saved') return message.savedAtMs;
  if (about === undefined) return undefined;
  // RFC 3501 §6.4.4: "disregarding time and timezone": the day that is written in the header.
  const date = parseDateTime(about.envelope.date ?? '');
  // Without one it was sent before everything, as Dovecot has it.
  return date === undefined ? 0 : date.atMs + date.zoneMinutes * 60_000;
}
