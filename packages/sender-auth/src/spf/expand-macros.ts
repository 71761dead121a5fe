// Fills the macros of RFC 7208 §7 in. Pure: whatever needs DNS (%{p}) was found out before.
//
// Promise: the result is bounded however often a record repeats a long macro: names are built from the right and end at
// 253 characters (§7.3), explanations from the left and end at one line.
import type { Macro, MacroString } from './macro-string.ts';

/** The values of the letters (§7.2), before anything is done to them. */
export interface MacroValues {
  readonly sender: string;
  readonly localPart: string;
  readonly senderDomain: string;
  /** %{d}: the domain whose record this is. */
  readonly domain: string;
  readonly dottedAddress: string;
  readonly readableAddress: string;
  readonly family: 4 | 6;
  readonly helo: string;
  /** %{p}; "unknown" where nobody asked. */
  readonly validatedName: string;
  readonly receiver: string;
  readonly nowSeconds: number;
}

const nameMax = 253;
const explanationMax = 400;

export function usesValidatedName(text: MacroString): boolean {
  return text.some((token) => typeof token !== 'string' && token.letter === 'p');
}

/** A name to ask for, without a dot at the end; not yet known to be one that DNS can hold. */
export function expandName(text: MacroString, values: MacroValues): string {
  let name = '';
  // Only the right end can remain: a label has at most 63 characters, so what is cut is cut well within this.
  for (let index = text.length - 1; index >= 0 && name.length <= nameMax * 2; index -= 1)
    name = expandToken(text[index] ?? '', values) + name;
  if (name.endsWith('.')) name = name.slice(0, -1);
  // §7.3: whole labels go, from the left, until it fits.
  if (name.length <= nameMax) return name;
  const cut = name.indexOf('.', name.length - nameMax - 1);
  return cut < 0 ? name : name.slice(cut + 1);
}

/** Text for people; undefined when it would not be ASCII (§6.2). Longer ones are cut. */
export function expandExplanation(text: MacroString, values: MacroValues): string | undefined {
  let line = '';
  for (let index = 0; index < text.length && line.length <= explanationMax; index += 1)
    line += expandToken(text[index] ?? '', values);
  if (/[^\x20-\x7e]/.test(line)) return undefined;
  return line.slice(0, explanationMax);
}

function expandToken(token: string | Macro, values: MacroValues): string {
  if (typeof token === 'string') return token;
  const value = transform(valueOf(token.letter, values), token);
  return token.isEscaped ? escapeUrl(value) : value;
}

function valueOf(letter: string, values: MacroValues): string {
  switch (letter) {
    case 's':
      return values.sender;
    case 'l':
      return values.localPart;
    case 'o':
      return values.senderDomain;
    case 'd':
      return values.domain;
    case 'i':
      return values.dottedAddress;
    case 'p':
      return values.validatedName;
    case 'v':
      return values.family === 4 ? 'in-addr' : 'ip6';
    case 'h':
      return values.helo;
    case 'c':
      return values.readableAddress;
    case 'r':
      return values.receiver;
    default:
      return String(values.nowSeconds);
  }
}

/** §7.3: split, reverse, keep some from the right, join with dots. */
function transform(value: string, { parts, isReversed, delimiters }: Macro): string {
  if (parts === undefined && !isReversed && delimiters === '') return value;
  const pieces = splitAt(value, delimiters === '' ? '.' : delimiters);
  if (isReversed) pieces.reverse();
  return (parts === undefined ? pieces : pieces.slice(-parts)).join('.');
}

function splitAt(value: string, delimiters: string): string[] {
  const pieces: string[] = [];
  let start = 0;
  for (let index = 0; index < value.length; index += 1) {
    if (!delimiters.includes(value.charAt(index))) continue;
    pieces.push(value.slice(start, index));
    start = index + 1;
  }
  pieces.push(value.slice(start));
  return pieces;
}

/** §7.3 and RFC 3986 §2.3: all but letters, digits and "-._~" become "%" and two digits. */
function escapeUrl(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
