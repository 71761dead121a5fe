// SEARCH and UID SEARCH (RFC 3501 §6.4.4, RFC 9051 §6.4.4; RFC 4731 ESEARCH, RFC 5182 SEARCHRES, RFC 9394 PARTIAL).
import { enableCondstore } from '../qresync/enable-condstore.ts';
import { charsetDecoder } from '../search/charset.ts';
import { parseSearchKeys, type SearchContext } from '../search/parse-search-key.ts';
import {
  formatReturn,
  parseReturnOptions,
  savedPart,
  type ReturnOptions,
} from '../search/return-options.ts';
import { runSearch, type Found } from '../search/run-search.ts';
import { asksModseq, type SearchKey } from '../search/search-key.ts';
import type { Session } from '../session/session.ts';
import type { Reader } from '../wire/reader.ts';
import type { Ending } from '../wire/responder.ts';
import { formatString } from '../wire/wire-string.ts';
import { whenSelected, type Command } from './command.ts';

export interface SearchArguments {
  readonly by: 'uid' | 'sequence';
  readonly key: SearchKey;
  readonly options: ReturnOptions | undefined;
}

export const search: Command<SearchArguments> = {
  name: 'SEARCH',
  allowedIn: whenSelected,
  updates: 'all-but-expunge',
  parse: (reader, session) => parseSearch(reader, session, 'sequence'),
  run: answerSearch,
};

export function parseSearch(
  reader: Reader,
  session: Session,
  by: 'uid' | 'sequence',
): SearchArguments {
  reader.space();
  const options = parseReturnOptions(reader);
  const charset = parseCharset(reader);
  const key = parseSearchKeys(reader, searchContext(session, charset));
  reader.end();
  return { by, key, options };
}

/** RFC 3501 §6.4.4: "CHARSET" SP astring before the keys. */
function parseCharset(reader: Reader): string | undefined {
  if (!reader.take('CHARSET ')) return undefined;
  const charset = reader.astring();
  reader.space();
  return charset;
}

/** What numbers, "*" and "$" mean now. */
export function searchContext(session: Session, charset: string | undefined): SearchContext {
  const { selected: view, server } = session;
  return {
    exists: view.exists,
    largestUid: view.at(view.exists)?.uid ?? 0,
    savedUids: new Set(view.savedUids),
    nowMs: server.clock.now(),
    decode: charsetDecoder(charset),
  };
}

export async function answerSearch(
  session: Session,
  { by, key, options }: SearchArguments,
): Promise<Ending> {
  const usesModseq = asksModseq(key);
  if (usesModseq) enableCondstore(session);
  // RFC 5182 §2.1: a search that fails leaves nothing saved.
  if (options?.save === true) session.selected.savedUids = [];
  const found = await runSearch(session.selected, key);
  const numbers = found.map(({ message, sequence }) => (by === 'uid' ? message.uid : sequence));
  if (options?.save === true) {
    session.selected.savedUids = savedPart(
      found.map(({ message }) => message.uid),
      options,
    );
  }
  const modseq = usesModseq ? highestModseq(found, options) : undefined;
  // RFC 9051 §6.4.4: rev2 clients are always answered with ESEARCH.
  const asked = options ?? (session.isRev2 ? allOf : undefined);
  if (asked === undefined) sayNumbers(session, numbers, modseq);
  else sayEsearch(session, asked, { by, numbers, modseq });
  return { text: 'Searched.' };
}

export const allOf: ReturnOptions = {
  min: false,
  max: false,
  count: false,
  all: true,
  save: false,
  partial: undefined,
};

/** RFC 3501 §7.2.5; RFC 7162 §3.1.5: with the highest mod-sequence behind, when something was found. */
function sayNumbers(
  session: Session,
  numbers: readonly number[],
  modseq: number | undefined,
): void {
  const tail = modseq === undefined ? '' : ` (MODSEQ ${modseq})`;
  session.out.untagged(numbers.length === 0 ? 'SEARCH' : `SEARCH ${numbers.join(' ')}${tail}`);
}

export interface EsearchResult {
  readonly by: 'uid' | 'sequence';
  readonly numbers: readonly number[];
  readonly modseq: number | undefined;
  readonly isSorted?: boolean;
}

/** RFC 4731 §3.1, RFC 4466 §2.6.2: * ESEARCH (TAG "a") UID MIN 2 MAX 7 COUNT 4 ALL 2:4,7 */
export function sayEsearch(
  session: Session,
  options: ReturnOptions,
  { by, numbers, modseq, isSorted = false }: EsearchResult,
): void {
  const { min, max, count, all, partial, save } = options;
  // RFC 5182 §2.1: SAVE alone is not answered.
  if (save && !(min || max || count || all || partial !== undefined)) return;
  const tag = formatString(session.tag, { isUtf8: false });
  const uid = by === 'uid' ? ' UID' : '';
  const tail = modseq === undefined ? '' : ` MODSEQ ${modseq}`;
  session.out.untagged(
    `ESEARCH (TAG ${tag})${uid}${formatReturn(numbers, options, { isSorted })}${tail}`,
  );
}

/** RFC 7162 §3.1.10: of what is told; MIN and MAX alone tell of one message each. */
export function highestModseq(
  found: readonly Found[],
  options: ReturnOptions | undefined,
): number | undefined {
  const isOfEnds =
    options !== undefined && !options.all && !options.count && (options.min || options.max);
  const told = isOfEnds
    ? [...(options.min ? found.slice(0, 1) : []), ...(options.max ? found.slice(-1) : [])]
    : found;
  if (told.length === 0) return undefined;
  return told.reduce((highest, { message }) => Math.max(highest, message.modseq), 0);
}
