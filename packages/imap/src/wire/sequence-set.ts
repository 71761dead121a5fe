// Sequence sets (RFC 3501 §9: sequence-set; RFC 5182: "$"), read once into few ordered ranges.
//
// Promise: the cost is that of the text, never of the numbers in it; "1:4294967295" is one range.

/** The last message, "*"; larger than every number. */
export const star = Number.POSITIVE_INFINITY;

export interface NumberRange {
  readonly first: number;
  /** Inclusive; may be `star`. */
  readonly last: number;
}

export type SequenceSet =
  /** "$": what the last SEARCH RETURN (SAVE) kept. */
  | { readonly kind: 'saved' }
  /** As written; ends of a range in order, "*" counted as the largest. */
  | { readonly kind: 'ranges'; readonly ranges: readonly NumberRange[] };

const numberMax = 4_294_967_295;
const element = /([1-9][0-9]{0,9}|\*)(?::([1-9][0-9]{0,9}|\*))?/y;

/** Undefined when it is not a sequence set. */
export function parseSequenceSet(text: string): SequenceSet | undefined {
  if (text === '$') return { kind: 'saved' };
  const ranges: NumberRange[] = [];
  let at = 0;
  for (;;) {
    element.lastIndex = at;
    const match = element.exec(text);
    if (match === null) return undefined;
    const one = numberOf(match[1] ?? '');
    const other = match[2] === undefined ? one : numberOf(match[2]);
    if (one === undefined || other === undefined) return undefined;
    // RFC 3501 §9: 4:2 means the same as 2:4.
    ranges.push(one <= other ? { first: one, last: other } : { first: other, last: one });
    at = element.lastIndex;
    if (at === text.length) return { kind: 'ranges', ranges };
    if (text[at] !== ',') return undefined;
    at += 1;
  }
}

function numberOf(word: string): number | undefined {
  if (word === '*') return star;
  const value = Number(word);
  return value <= numberMax ? value : undefined;
}

/** Ascending, without overlaps; "*" stands for `largest` (RFC 3501 §9: a range with "*" always contains the largest). */
export function resolveRanges(
  ranges: readonly NumberRange[],
  largest: number,
): readonly NumberRange[] {
  const settled = ranges.map(({ first, last }) => {
    const [one, other] = [first === star ? largest : first, last === star ? largest : last];
    return one <= other ? { first: one, last: other } : { first: other, last: one };
  });
  if (settled.length < 2) return settled;
  settled.sort((a, b) => a.first - b.first);
  const merged: { first: number; last: number }[] = [];
  for (const range of settled) {
    const before = merged.at(-1);
    if (before !== undefined && range.first <= before.last + 1) {
      if (range.last > before.last) before.last = range.last;
    } else merged.push({ first: range.first, last: range.last });
  }
  return merged;
}

/** Ascending numbers as the shortest set: 1:3,7. */
export function formatNumberSet(numbers: readonly number[]): string {
  let text = '';
  for (let index = 0; index < numbers.length;) {
    const first = numbers[index] ?? 0;
    let last = first;
    index += 1;
    while (numbers[index] === last + 1) {
      last += 1;
      index += 1;
    }
    text += `${text === '' ? '' : ','}${first}${last === first ? '' : `:${last}`}`;
  }
  return text;
}
