// Reads what stands behind the items of FETCH (RFC 4466 §2.4): CHANGEDSINCE and VANISHED (RFC 7162 §3.1.4.1, §3.2.6), PARTIAL (RFC 9394 §3.4).
import type { Reader } from '../wire/reader.ts';
import { bad } from '../wire/refusal.ts';
import type { FetchModifiers } from './fetch-item.ts';

export function parseFetchModifiers(reader: Reader): FetchModifiers {
  let modifiers: FetchModifiers = { tellsVanished: false };
  if (!reader.take(' ')) return modifiers;
  reader.list(() => {
    modifiers = { ...modifiers, ...parseModifier(reader) };
  });
  // RFC 7162 §3.2.6: VANISHED only together with CHANGEDSINCE.
  if (modifiers.tellsVanished && modifiers.changedSince === undefined) {
    throw bad('VANISHED needs CHANGEDSINCE.');
  }
  return modifiers;
}

function parseModifier(reader: Reader): { [key in keyof FetchModifiers]?: FetchModifiers[key] } {
  const word = reader.word();
  switch (word) {
    case 'CHANGEDSINCE':
      reader.space();
      return { changedSince: reader.number() };
    case 'VANISHED':
      return { tellsVanished: true };
    case 'PARTIAL':
      reader.space();
      return { partial: parsePartialRange(reader) };
    default:
      throw bad(`FETCH has no modifier ${word}.`);
  }
}

/** RFC 9394 §3.1: "1:100" from the front, "-1:-100" from the end. */
export function parsePartialRange(reader: Reader): {
  readonly first: number;
  readonly last: number;
} {
  const match = reader.match(/(-?)([1-9][0-9]{0,9}):(-?)([1-9][0-9]{0,9})/y);
  if (match === undefined || match[1] !== match[3]) throw bad('That is no range of results.');
  const sign = match[1] === '-' ? -1 : 1;
  const [one, other] = [Number(match[2]), Number(match[4])];
  return { first: sign * Math.min(one, other), last: sign * Math.max(one, other) };
}

/** The slice of an ascending list that a partial range names. */
export function takePartial<T>(
  all: readonly T[],
  { first, last }: { readonly first: number; readonly last: number },
): readonly T[] {
  if (first > 0) return all.slice(first - 1, last);
  return all.slice(Math.max(0, all.length + last), all.length + first + 1);
}
