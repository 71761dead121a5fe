// Content-Type and Content-Disposition: a value and its parameters (RFC 2045 §5.1, RFC 2183), and parameters that are continued or
// in other charsets (RFC 2231). Tolerant: values without quotes but with spaces, RFC 2047 words in quotes, parameters twice.
import { decodeCharset } from './charset.ts';
import { decodeWords, hexPair } from './encoded-words.ts';
import { readQuoted, skipBlank } from './header-tokens.ts';

export interface ValueWithParameters {
  readonly value: string;
  /** Names in lower case, values as they stand without their quotes ("filename*0*" is such a name). The first of a name counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

export const noParameters: ReadonlyMap<string, string> = new Map();
const parametersMax = 200;

/** `text` is unfolded. */
export function parseParameters(text: string): ValueWithParameters {
  const start = skipBlank(text, 0);
  let at = tokenEnd(text, start);
  const value = text.slice(start, at);
  let parameters: Map<string, string> | undefined;
  while (at < text.length && (parameters?.size ?? 0) < parametersMax) {
    const semicolon = text.indexOf(';', skipBlank(text, at));
    if (semicolon < 0) break;
    const nameStart = skipBlank(text, semicolon + 1);
    const nameEnd = tokenEnd(text, nameStart);
    at = skipBlank(text, nameEnd);
    if (nameEnd === nameStart || text.charCodeAt(at) !== 0x3d) continue;
    const name = text.slice(nameStart, nameEnd).toLowerCase();
    const found = readValue(text, skipBlank(text, at + 1));
    at = found.end;
    parameters ??= new Map();
    if (!parameters.has(name)) parameters.set(name, found.text);
  }
  return { value, parameters: parameters ?? noParameters };
}

/** A parameter as a person reads it: continuations joined, charset decoded; undefined when there is none (RFC 2231 §3, §4). */
export function parameterText(
  parameters: ReadonlyMap<string, string>,
  name: string,
): string | undefined {
  const extended = parameters.get(`${name}*`);
  if (extended !== undefined) return decodeExtended([{ text: extended, isEncoded: true }]);
  const plain = parameters.get(name);
  // Not what the RFC allows, but what most programs write.
  if (plain !== undefined) return decodeWords(plain);
  const pieces = [];
  for (let number = 0; ; number += 1) {
    const encoded = parameters.get(`${name}*${number}*`);
    const text = encoded ?? parameters.get(`${name}*${number}`);
    if (text === undefined) break;
    pieces.push({ text, isEncoded: encoded !== undefined });
  }
  return pieces.length === 0 ? undefined : decodeExtended(pieces);
}

function decodeExtended(
  pieces: readonly { readonly text: string; readonly isEncoded: boolean }[],
): string {
  let charset = 'utf-8';
  const bytes = pieces.map(({ text, isEncoded }, index) => {
    if (!isEncoded) return Buffer.from(text);
    const [, name, rest] = index === 0 ? (/^([^']*)'[^']*'([^]*)$/.exec(text) ?? []) : [];
    if (name !== undefined && name !== '') charset = name;
    return percentDecoded(rest ?? text);
  });
  return decodeWords(decodeCharset(Buffer.concat(bytes), charset));
}

function percentDecoded(text: string): Buffer {
  const from = Buffer.from(text);
  let length = 0;
  for (let at = 0; at < from.length; at += 1) {
    const value = from[at] === 0x25 ? hexPair(from[at + 1], from[at + 2]) : -1;
    from[length] = value < 0 ? (from[at] ?? 0) : value;
    if (value >= 0) at += 2;
    length += 1;
  }
  return from.subarray(0, length);
}

function readValue(text: string, at: number): { readonly text: string; readonly end: number } {
  if (text.charCodeAt(at) === 0x22) return readQuoted(text, at);
  let end = at;
  while (end < text.length && text.charCodeAt(end) !== 0x3b) end += 1;
  let value = text.slice(at, end).trimEnd();
  // A comment behind the value is none of it; a name with spaces is.
  const comment = value.indexOf(' (');
  if (comment >= 0 && value.endsWith(')')) value = value.slice(0, comment).trimEnd();
  return { text: value, end };
}

/** Up to what cannot stand in a token: blank, ";", "=", "(" and quotes. */
function tokenEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code <= 0x20 || code === 0x3b || code === 0x3d || code === 0x28 || code === 0x22) break;
    end += 1;
  }
  return end;
}
