// SORT and UID SORT (RFC 5256 §3; RFC 5267 ESORT; RFC 5957 DISPLAYFROM, DISPLAYTO).
import { enableCondstore } from '../qresync/enable-condstore.ts';
import { parseSearchKeys } from '../search/parse-search-key.ts';
import { parseReturnOptions, savedPart, type ReturnOptions } from '../search/return-options.ts';
import { runSearch, type Found } from '../search/run-search.ts';
import { asksModseq, type SearchKey } from '../search/search-key.ts';
import { needsReading, SortOrder, type SortCriterion, type SortKey } from '../search/sort-order.ts';
import type { Session } from '../session/session.ts';
import type { Reader } from '../wire/reader.ts';
import { bad } from '../wire/refusal.ts';
import type { Ending } from '../wire/responder.ts';
import { whenSelected, type Command } from './command.ts';
import { highestModseq, sayEsearch, searchContext } from './search.ts';

export interface SortArguments {
  readonly by: 'uid' | 'sequence';
  readonly criteria: readonly SortCriterion[];
  readonly key: SearchKey;
  readonly options: ReturnOptions | undefined;
}

export const sort: Command<SortArguments> = {
  name: 'SORT',
  allowedIn: whenSelected,
  updates: 'all-but-expunge',
  parse: (reader, session) => parseSort(reader, session, 'sequence'),
  run: answerSort,
};

const sortKeys: ReadonlySet<string> = new Set<SortKey>([
  'arrival',
  'cc',
  'date',
  'displayfrom',
  'displayto',
  'from',
  'size',
  'subject',
  'to',
]);

export function parseSort(reader: Reader, session: Session, by: 'uid' | 'sequence'): SortArguments {
  reader.space();
  const options = parseReturnOptions(reader);
  const criteria = reader.list(() => parseCriterion(reader));
  reader.space();
  // RFC 5256 §3: the charset is always said.
  const charset = reader.astring();
  reader.space();
  const key = parseSearchKeys(reader, searchContext(session, charset));
  reader.end();
  return { by, criteria, key, options };
}

function parseCriterion(reader: Reader): SortCriterion {
  const isReverse = reader.take('REVERSE ');
  const key = reader.atom().toLowerCase();
  if (!isSortKey(key)) throw bad('That is no sort key.');
  return { key, isReverse };
}

function isSortKey(word: string): word is SortKey {
  return sortKeys.has(word);
}

export async function answerSort(
  session: Session,
  { by, criteria, key, options }: SortArguments,
): Promise<Ending> {
  const usesModseq = asksModseq(key);
  if (usesModseq) enableCondstore(session);
  const view = session.selected;
  if (options?.save === true) view.savedUids = [];
  const found = await runSearch(view, key);
  const sorted = await sortFound(session, criteria, found);
  const numbers = sorted.map(({ message, sequence }) => (by === 'uid' ? message.uid : sequence));
  if (options?.save === true) {
    const kept = savedPart(
      sorted.map(({ message }) => message.uid),
      options,
    );
    view.savedUids = kept.toSorted((a, b) => a - b);
  }
  if (options === undefined) {
    session.out.untagged(numbers.length === 0 ? 'SORT' : `SORT ${numbers.join(' ')}`);
  } else {
    const modseq = usesModseq ? highestModseq(sorted, options) : undefined;
    sayEsearch(session, options, { by, numbers, modseq, isSorted: true });
  }
  return { text: 'Sorted.' };
}

async function sortFound(
  session: Session,
  criteria: readonly SortCriterion[],
  found: readonly Found[],
): Promise<readonly Found[]> {
  const order = new SortOrder(criteria);
  if (!needsReading(criteria)) {
    for (const [index, { message }] of found.entries()) order.add(index, message);
  } else {
    const { folder } = session.selected;
    const indexes = new Map(found.map(({ message }, index) => [message.uid, index]));
    for await (const { uid, about } of folder.describe([...indexes.keys()])) {
      const index = indexes.get(uid);
      const message = index === undefined ? undefined : found[index]?.message;
      if (index !== undefined && message !== undefined) order.add(index, message, about);
    }
  }
  return order.sorted().map((index) => found[index] as Found);
}
