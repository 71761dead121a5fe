// What LIST was asked (RFC 3501 §6.3.8, LIST-EXTENDED RFC 5258 §3, RFC 6154 §2, LIST-STATUS RFC 5819).
import type { Reader } from '../wire/reader.ts';
import { bad } from '../wire/refusal.ts';
import { parseStatusItems, type StatusItem } from './say-status.ts';

export interface ListRequest {
  readonly reference: string;
  readonly patterns: readonly string[];
  /** Only subscribed names, folders or not. */
  readonly onlySubscribed: boolean;
  readonly onlySpecialUse: boolean;
  /** Also parents of what is selected but does not match (RFC 5258 §3.5). */
  readonly isRecursive: boolean;
  readonly returnsSubscribed: boolean;
  readonly statusItems: readonly StatusItem[];
  /** LIST "" "" asks for the separator only. */
  readonly isForSeparator: boolean;
}

const patternsMax = 100;
const selections = ['SUBSCRIBED', 'SPECIAL-USE', 'REMOTE', 'RECURSIVEMATCH'];
const returns = ['SUBSCRIBED', 'CHILDREN', 'SPECIAL-USE', 'STATUS'];

export function parseList(reader: Reader): ListRequest {
  reader.space();
  const selected = reader.peek === '(' ? parseSelections(reader) : undefined;
  const reference = reader.mailbox();
  reader.space();
  const isList = reader.peek === '(';
  const patterns = isList ? reader.list(() => reader.mailboxPattern()) : [reader.mailboxPattern()];
  if (patterns.length > patternsMax) throw bad('That are too many patterns.', 'LIMIT');
  const wanted = reader.take(' ') ? parseReturns(reader) : undefined;
  reader.end();
  const isExtended = selected !== undefined || wanted !== undefined || isList;
  return {
    reference,
    patterns,
    onlySubscribed: selected?.has('SUBSCRIBED') ?? false,
    onlySpecialUse: selected?.has('SPECIAL-USE') ?? false,
    isRecursive: selected?.has('RECURSIVEMATCH') ?? false,
    returnsSubscribed: wanted?.words.has('SUBSCRIBED') ?? selected?.has('SUBSCRIBED') ?? false,
    statusItems: wanted?.statusItems ?? [],
    // RFC 5258 §3: an empty pattern means nothing special in the extended form.
    isForSeparator: !isExtended && patterns[0] === '',
  };
}

/** A word of a closed list. */
function optionOf(reader: Reader, known: readonly string[]): string {
  const word = reader.word();
  if (!known.includes(word)) throw bad(`LIST knows no ${word}.`);
  return word;
}

function parseSelections(reader: Reader): ReadonlySet<string> {
  const words = new Set(reader.list(() => optionOf(reader, selections), { mayBeEmpty: true }));
  reader.space();
  // RFC 5258 §3.1: RECURSIVEMATCH says how to select, not what.
  if (words.has('RECURSIVEMATCH') && !words.has('SUBSCRIBED') && !words.has('SPECIAL-USE')) {
    throw bad('RECURSIVEMATCH needs something to select by.');
  }
  return words;
}

function parseReturns(reader: Reader): {
  readonly words: ReadonlySet<string>;
  readonly statusItems: readonly StatusItem[];
} {
  if (reader.word() !== 'RETURN') throw bad('LIST knows only RETURN here.');
  reader.space();
  let statusItems: readonly StatusItem[] = [];
  const words = reader.list(
    () => {
      const word = optionOf(reader, returns);
      if (word === 'STATUS') {
        reader.space();
        statusItems = parseStatusItems(reader);
      }
      return word;
    },
    { mayBeEmpty: true },
  );
  return { words: new Set(words), statusItems };
}
