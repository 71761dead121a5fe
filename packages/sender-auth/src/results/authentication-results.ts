// Authentication-Results (RFC 8601): what we found, for whoever reads the message later, and nobody else in our name.
//
// Promises of what is written
// - One field whatever goes in: no CR, LF or NUL of anybody's survives, quotes and backslashes are escaped (§7.2), values are cut.
// - Any reader of RFC 8601 can parse it. It is folded, no line is longer than 998 octets.
// - ASCII, unless UTF-8 is allowed (RFC 8616 §5.2: only for messages that are internationalized themselves).
import assert from 'node:assert/strict';
import { parseDomain } from '@restante/mail-model';

/** One method's result, RFC 8601 §2.2; written as `method=result reason="..." ptype.property=value`. */
export interface MethodResult {
  readonly method: 'spf' | 'dkim' | 'dmarc' | 'arc' | 'iprev' | 'auth';
  readonly result: string;
  /** Plain words; quoted and cut by the writer. */
  readonly reason?: string;
  /** For example [["smtp.mailfrom", "ana@example.test"], ["header.b", "abcdefgh"]]; whatever a client said is made safe by the writer. */
  readonly properties: readonly (readonly [name: string, value: string])[];
}

export interface ResultsToWrite {
  /** Our name in these fields (§2.5). */
  readonly authservId: string;
  /** Empty: "none" (§2.2, no-result). */
  readonly methods: readonly MethodResult[];
  /** The message is internationalized (SMTPUTF8): UTF-8 may stand as it is. Otherwise "?" stands for it. */
  readonly isUtf8Allowed?: boolean;
}

/** RFC 5322 §2.1.1 wants 78; a value longer than that stands alone in its line. */
const lineMax = 78;
const reasonMax = 200;
const valueMax = 400;

/** The whole field, folded, ended by CRLF: for the top of a message. */
export function formatAuthenticationResults(results: ResultsToWrite): string {
  let line = 'Authentication-Results:';
  let out = '';
  for (const word of wordsOf(results)) {
    if (line.length + 1 + word.length > lineMax && line.trim() !== '') {
      out += `${line}\r\n`;
      // RFC 5322 §2.2.3: the white space of the folding is the space between the words.
      line = '';
    }
    line += ` ${word}`;
  }
  return `${out}${line}\r\n`;
}

/** The same on one line, without the name of the field: for ARC-Authentication-Results (RFC 8617 §4.1.1). */
export function authenticationResultsValue(results: ResultsToWrite): string {
  return wordsOf(results).join(' ');
}

/** What may be parted by a line end; a quoted string is one of them, blanks and all. */
function wordsOf({ authservId, methods, isUtf8Allowed = false }: ResultsToWrite): string[] {
  const write: Clean = (text, max) => clean(text, max, isUtf8Allowed);
  const id = `${value(write(authservId, valueMax))};`;
  if (methods.length === 0) return [id, 'none'];
  const results = methods.map((method) => resultWords(method, write));
  for (const words of results.slice(0, -1)) words.push(`${words.pop() ?? ''};`);
  return [id, ...results.flat()];
}

type Clean = (text: string, bytesMax: number) => string;

function resultWords({ method, result, reason, properties }: MethodResult, write: Clean): string[] {
  assert.match(result, /^[a-z][a-z0-9-]*$/, 'a result is a word of RFC 8601 §2.7');
  const why = write(reason ?? '', reasonMax);
  const written = properties.map(([name, text]) => {
    assert.match(name, /^[a-z][a-z0-9-]*\.[a-z][a-z0-9_-]*$/, 'a property has a type and a name');
    return `${name}=${pvalue(write(text, valueMax))}`;
  });
  return [
    `${method}=${result}`,
    ...(why === '' ? [] : [`reason=${quoted(why)}`]),
    ...quotedLast(written),
  ];
}

/** Common readers (python3-authres) know one quoted value, at the end. The order means nothing; who needs a second one is playing tricks. */
function quotedLast(words: readonly string[]): readonly string[] {
  const inQuotes = words.filter((word) => word.endsWith('"'));
  const last = inQuotes.pop();
  return [
    ...words.filter((word) => !word.endsWith('"')),
    ...inQuotes.map((word) => word.replaceAll(/[^!#$%&'*+\-.0-9A-Z^_`a-z{|}~=]+/g, '_')),
    ...(last === undefined ? [] : [last]),
  ];
}

/** Printable ASCII without blanks around it. */
const plain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** §7.2: what strangers said becomes one line of printable characters, no longer than it may be, no character cut in two. */
function clean(text: string, bytesMax: number, isUtf8Allowed: boolean): string {
  if (text.length <= bytesMax && plain.test(text)) return text;
  const line = text
    .slice(0, bytesMax)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim();
  const ascii = isUtf8Allowed ? line : line.replaceAll(/[^\x20-\x7e]/gu, '?');
  if (Buffer.byteLength(ascii) <= bytesMax) return ascii;
  return Buffer.from(ascii)
    .subarray(0, bytesMax)
    .toString()
    .replace(/\ufffd+$/, '');
}

/** RFC 2045 §5.1. With RFC 8616 §5.2 more is allowed; those are quoted here, which every reader understands. */
const token = /^[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+$/;
const dotAtom = /^[!#$%&'*+\-/0-9=?A-Z^_`a-z{|}~]+(\.[!#$%&'*+\-/0-9=?A-Z^_`a-z{|}~]+)*$/;

function value(text: string): string {
  return token.test(text) ? text : quoted(text);
}

/** §2.2, pvalue: a value, or an address or "@domain" as it is. */
function pvalue(text: string): string {
  const at = text.lastIndexOf('@');
  if (at < 0) return value(text);
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  const isAddress =
    (local === '' || dotAtom.test(local)) &&
    !domain.startsWith('[') &&
    domain.length <= 255 &&
    /^[\x21-\x7e]+$/.test(domain) &&
    parseDomain(domain).ok;
  return isAddress ? text : quoted(text);
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
