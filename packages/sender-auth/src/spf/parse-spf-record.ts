// The text of an SPF record (RFC 7208 §4.5, §4.6, §12) becomes a record, or the first thing that is wrong with it.
//
// Promise: the whole record is read before any of it is used, so an error behind the term that would have matched is
// found too (§4.6: "syntax errors anywhere in the record MUST be detected"). Pure; linear in the text.
import type { Parsed } from '@restante/mail-model';
import { parseDomainSpec, parseMacroString } from './macro-string.ts';
import type { MacroString } from './macro-string.ts';
import { parseMechanism } from './parse-mechanism.ts';
import type { Directive, SpfRecord } from './record.ts';
import { shown } from './shown.ts';

// §4.5: "v=spf1" and then a space or the end; in any case (RFC 5234 §2.3).
const version = /^v=spf1(?: |$)/i;
// §6: a name and "=" before any ":" or "/" makes a modifier.
const modifier = /^([a-z][a-z0-9._-]*)=(.*)$/is;
const qualifiers: Readonly<Record<string, Directive['result']>> = {
  '+': 'pass',
  '-': 'fail',
  '~': 'softfail',
  '?': 'neutral',
};
// Nobody needs a thousand words (real ones end below 4,000 octets); a record is kept and read for every message.
const textMax = 16_384;

/** Is this TXT record meant to be SPF (§4.5)? "v=spf10" and "v=spf1" in the middle are not. */
export function isSpfRecord(text: string): boolean {
  return version.test(text);
}

export function parseSpfRecord(text: string): Parsed<SpfRecord> {
  if (!isSpfRecord(text)) return wrong(`${shown(text)} does not begin with "v=spf1".`);
  if (text.length > textMax) return wrong(`The record is longer than ${textMax} characters.`);
  const directives: Directive[] = [];
  const modifiers: { redirect?: MacroString; explanation?: MacroString } = {};
  // §4.6.1: terms are separated by spaces and by nothing else.
  for (const term of text.slice(6).split(' ')) {
    if (term === '') continue;
    const found = modifier.exec(term);
    if (found) {
      const problem = addModifier(modifiers, found[1]?.toLowerCase() ?? '', found[2] ?? '');
      if (problem !== undefined) return wrong(problem);
      continue;
    }
    const qualifier = qualifiers[term.charAt(0)];
    const mechanism = parseMechanism(qualifier ? term.slice(1) : term);
    if (!mechanism.ok) return mechanism;
    directives.push({ result: qualifier ?? 'pass', mechanism: mechanism.value, text: term });
  }
  return { ok: true, value: { directives, ...modifiers } };
}

/** What is wrong with it, or undefined. */
function addModifier(
  modifiers: { redirect?: MacroString; explanation?: MacroString },
  name: string,
  value: string,
): string | undefined {
  if (name !== 'redirect' && name !== 'exp') {
    // §6: unknown modifiers are ignored; §12: but they have a syntax.
    const parsed = parseMacroString(value, 'explanation');
    return parsed.ok ? undefined : parsed.problem;
  }
  const slot = name === 'exp' ? 'explanation' : 'redirect';
  // §6: redirect and exp must not appear more than once each.
  if (modifiers[slot]) return `"${name}=" stands there twice.`;
  const parsed = parseDomainSpec(value);
  if (!parsed.ok) return parsed.problem;
  modifiers[slot] = parsed.value;
  return undefined;
}

function wrong(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
