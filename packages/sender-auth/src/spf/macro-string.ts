// The macro language of RFC 7208 §7.1, read once: text becomes tokens. Pure; linear in the text.
//
//   %{l2r-}   a letter, how many parts from the right, "r" for reversed, what else but "." separates parts
//   %% %_ %-  a percent sign, a space, "%20"
import type { Parsed } from '@restante/mail-model';
import { shown } from './shown.ts';

export interface Macro {
  /** In lower case. */
  readonly letter: string;
  /** A capital letter asks for URL escapes (§7.3). */
  readonly isEscaped: boolean;
  /** Parts kept, counted from the right; undefined for all. */
  readonly parts?: number;
  readonly isReversed: boolean;
  /** Empty: the default, ".". */
  readonly delimiters: string;
}

/** What stands there, and what has to be filled in. */
export type MacroString = readonly (string | Macro)[];

/** Where the text stands: c, r and t are for explanations only (§7.2). */
export type MacroPlace = 'domain' | 'explanation';

// §7.1: macro-expand. Sticky, without repetition inside repetition.
const macro = /%(?:([%_-])|\{([slodiphcrtv])(\d*)(r?)([.\-+,/_=]*)\})/iy;
const escapes: Readonly<Record<string, string>> = { '%': '%', _: ' ', '-': '%20' };

export function parseMacroString(text: string, place: MacroPlace): Parsed<MacroString> {
  const read = readMacros(text, place);
  return read.ok ? { ok: true, value: read.value.tokens } : read;
}

// §7.1: toplabel; letters, digits and inner hyphens, and not digits only.
const domainEnd = /\.(?!\d+\.?$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.?$/i;

/** A domain-spec ends in a macro or in a dot and a top label (§7.1). What it becomes is looked at after expansion. */
export function parseDomainSpec(text: string): Parsed<MacroString> {
  if (text === '') return wrong('A domain is missing.');
  const read = readMacros(text, 'domain');
  if (!read.ok) return read;
  if (read.value.endsInMacro || domainEnd.test(text.slice(-66)))
    return { ok: true, value: read.value.tokens };
  return wrong(
    /^[\d.]+$/.test(text)
      ? `${shown(text)} is no domain; an address is written with ip4 or ip6.`
      : `${shown(text)} does not end in a top-level domain or a macro.`,
  );
}

interface Macros {
  readonly tokens: MacroString;
  readonly endsInMacro: boolean;
}

function readMacros(text: string, place: MacroPlace): Parsed<Macros> {
  // §7.1: macro-literal is any visible ASCII character; an explanation may have spaces (§6.2).
  if ((place === 'domain' ? /[^\x21-\x7e]/ : /[^\x20-\x7e]/).test(text))
    return wrong(`${shown(text)} has a character that does not belong there.`);
  const tokens: (string | Macro)[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    const percent = text.indexOf('%', at);
    if (percent < 0) break;
    literal += text.slice(at, percent);
    macro.lastIndex = percent;
    const found = macro.exec(text);
    if (!found)
      return wrong(`The macro at ${shown(text.slice(percent, percent + 20))} makes no sense.`);
    at = macro.lastIndex;
    const [, escape, letter = '', digits = '', reverse = '', delimiters = ''] = found;
    if (escape !== undefined) {
      literal += escapes[escape] ?? '';
      continue;
    }
    const lower = letter.toLowerCase();
    if (place === 'domain' && /[crt]/.test(lower))
      return wrong(`The macro %{${letter}} is for explanations only.`);
    // §7.1: "the DIGIT transformer [...] MUST be nonzero".
    if (digits !== '' && Number(digits) === 0)
      return wrong('A macro that keeps 0 parts keeps nothing.');
    if (literal !== '') tokens.push(literal);
    literal = '';
    tokens.push({
      letter: lower,
      isEscaped: letter !== lower,
      ...(digits === '' ? {} : { parts: Number(digits) }),
      isReversed: reverse !== '',
      delimiters,
    });
  }
  // Nothing after the last macro, or nothing at all.
  const endsInMacro = at === text.length;
  literal += text.slice(at);
  if (literal !== '') tokens.push(literal);
  return { ok: true, value: { tokens, endsInMacro } };
}

function wrong(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
