// ESMTP parameters behind an address: "SIZE=1000 BODY=8BITMIME SMTPUTF8" (RFC 5321 §4.1.1.11). Pure.
import type { Parsed } from '@restante/mail-model';

/** Upper-case keyword -> value; the empty string for a keyword without one. */
export type Parameters = ReadonlyMap<string, string>;

const keyword = /^[A-Za-z0-9][A-Za-z0-9-]*$/;
// RFC 6531 §3.3 extends esmtp-value by UTF-8.
const value = /^[\u0021-\u003c\u003e-\u007e\u0080-\u{10ffff}]+$/u;
const none: Parameters = new Map();

export function parseParameters(text: string): Parsed<Parameters> {
  if (text === '') return { ok: true, value: none };
  const found = new Map<string, string>();
  for (const word of text.split(' ')) {
    if (word === '') continue;
    const equals = word.indexOf('=');
    const name = equals === -1 ? word : word.slice(0, equals);
    const given = equals === -1 ? '' : word.slice(equals + 1);
    if (!keyword.test(name)) return { ok: false, problem: 'A parameter name is not valid' };
    if (equals !== -1 && !value.test(given)) {
      return { ok: false, problem: `The value of ${name.toUpperCase()} is not valid` };
    }
    const key = name.toUpperCase();
    // RFC 3461 §4 says it for its own, and no other parameter makes sense twice either.
    if (found.has(key)) return { ok: false, problem: `The parameter ${key} is given twice` };
    found.set(key, given);
  }
  return { ok: true, value: found };
}
