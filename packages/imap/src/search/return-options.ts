// RETURN (...) of SEARCH and SORT (RFC 4731, RFC 5182 SAVE, RFC 5267 ESORT, RFC 9394 PARTIAL), and the ESEARCH that answers it.
import { parsePartialRange, takePartial } from '../fetch/parse-fetch-modifiers.ts';
import type { Reader } from '../wire/reader.ts';
import { bad } from '../wire/refusal.ts';
import { formatNumberSet } from '../wire/sequence-set.ts';

export interface ReturnOptions {
  readonly min: boolean;
  readonly max: boolean;
  readonly count: boolean;
  readonly all: boolean;
  readonly save: boolean;
  readonly partial: { readonly first: number; readonly last: number } | undefined;
}

const nothing = { min: false, max: false, count: false, all: false, save: false } as const;

/** "RETURN (...) " when it stands here. */
export function parseReturnOptions(reader: Reader): ReturnOptions | undefined {
  if (!reader.take('RETURN ')) return undefined;
  let options: ReturnOptions = { ...nothing, partial: undefined };
  const names = reader.list(
    () => {
      const word = reader.word();
      if (word === 'PARTIAL') {
        reader.space();
        options = { ...options, partial: parsePartialRange(reader) };
      } else {
        const name = word.toLowerCase();
        if (!(name in nothing)) throw bad(`RETURN knows no ${word}.`);
        options = { ...options, [name]: true };
      }
      return word;
    },
    { mayBeEmpty: true },
  );
  reader.space();
  // RFC 9394 §3.1: all of it and a part of it exclude each other.
  if (options.all && options.partial !== undefined)
    throw bad('ALL and PARTIAL exclude each other.');
  // RFC 4731 §3.1: nothing named means ALL.
  return names.length === 0 ? { ...options, all: true } : options;
}

/**
 * What follows the tag and "UID" in an ESEARCH (RFC 4731 §3.1); empty when only SAVE was asked for (RFC 5182 §2.1). The numbers are in
 * the order of the answer: ascending for SEARCH, sorted for SORT, where a set has to keep that order.
 */
export function formatReturn(
  numbers: readonly number[],
  options: ReturnOptions,
  { isSorted = false } = {},
): string {
  const setOf = isSorted ? sortedSet : formatNumberSet;
  const [first, last] = [numbers[0], numbers.at(-1)];
  const parts: string[] = [];
  if (options.min && first !== undefined) parts.push(`MIN ${first}`);
  if (options.max && last !== undefined) parts.push(`MAX ${last}`);
  // RFC 4731 §3.1: no ALL when nothing was found.
  if (options.all && first !== undefined) parts.push(`ALL ${setOf(numbers)}`);
  if (options.count) parts.push(`COUNT ${numbers.length}`);
  if (options.partial !== undefined) {
    const part = takePartial(numbers, options.partial);
    const range = `${options.partial.first}:${options.partial.last}`;
    parts.push(`PARTIAL (${range} ${part.length === 0 ? 'NIL' : setOf(part)})`);
  }
  return parts.map((part) => ` ${part}`).join('');
}

/** RFC 5267 §3.2: the order is the answer; runs that ascend may still be ranges. */
function sortedSet(numbers: readonly number[]): string {
  const runs: string[] = [];
  for (let at = 0; at < numbers.length;) {
    const first = numbers[at] as number;
    let last = first;
    at += 1;
    while (numbers[at] === last + 1) {
      last += 1;
      at += 1;
    }
    runs.push(last === first ? String(first) : `${first}:${last}`);
  }
  return runs.join(',');
}

/** RFC 5182 §2.1: what "$" means from now on. With MIN and MAX alone only these are kept. */
export function savedPart(uids: readonly number[], options: ReturnOptions): readonly number[] {
  if (options.all || options.count || !(options.min || options.max)) {
    return options.partial === undefined ? uids : takePartial(uids, options.partial);
  }
  const kept = [...(options.min ? uids.slice(0, 1) : []), ...(options.max ? uids.slice(-1) : [])];
  return [...new Set(kept)];
}
