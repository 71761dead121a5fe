// What another reader than ours might take for addresses in a From field. Pure; linear in the text, however broken it is.
//
// Programs differ where RFC 5322 is not kept: some take an address in front of "<" for the author, some end a quoted string with its line,
// some see one in quotes that belong to nothing. test/authors-of.python.test.ts asks one that does all of this.

/** Domains told apart; two are too many already. */
const domainsMax = 50;

/**
 * What another reader than ours might take for addresses: whatever stands behind an "@", in front of "<" as well. Not in comments, encoded
 * words, routes and local parts; in a quoted string only where it cannot be the name of an address in angle brackets.
 */
export function domainsBehindAt(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  const note = (domains: Iterable<string>) => {
    // A brand with an "@" in it is no domain, "Fit@Home". Two are too many already.
    for (const domain of domains)
      if (domain.includes('.') && found.size < domainsMax) found.add(domain);
  };
  /** Between quotes, and nobody knows yet what for. */
  let inQuotes: string[] = [];
  const inAnyQuotes = new Set<string>();
  const wraps = new Wraps(text);
  let quoteEnd = 0;
  let isInRoute = false;
  let isInAngle = false;
  let isJunk = false;
  for (let at = 0; at < text.length;) {
    const char = text[at];
    const end = wraps.endOf(at);
    if (end > at) {
      const inside = domainsIn(text.slice(at + 1, end - 1));
      // Old readers let a quoted string or a comment end with its line.
      if (text.slice(at, end).includes('\n')) note(inside);
      if (char === '"') inQuotes.push(...inside);
      if (char === '"') quoteEnd = end;
      at = end;
      continue;
    }
    at += 1;
    if (char === '@') {
      const behind = domainEnd(text, at);
      if (!isInRoute) note([text.slice(at, behind)]);
      // They were a local part, or stood before one.
      if (quoteEnd !== at - 1) note(inQuotes);
      inQuotes = settled(inQuotes, inAnyQuotes);
      at = behind;
    } else if (char === '<') {
      // They were a name.
      inQuotes = settled(inQuotes, inAnyQuotes);
      isJunk ||= isInAngle;
      isInAngle = true;
      isInRoute = !isJunk && isRoute(text, at);
    } else if (char === ':' || char === '>' || char === ';' || (char === ',' && !isInRoute)) {
      isInRoute = false;
      if (char === '>') isInAngle = false;
      note(inQuotes);
      inQuotes = [];
    } else if (char === ')' || char === '\\' || char === '"' || char === '(') isJunk = true;
  }
  note(inQuotes);
  // Where brackets and quotes are no pairs, nobody knows what others take for quoted.
  if (isJunk || isInAngle) note(inAnyQuotes);
  return found;
}

function settled(inQuotes: readonly string[], inAnyQuotes: Set<string>): string[] {
  for (const domain of inQuotes) inAnyQuotes.add(domain);
  return [];
}

/** As somebody would find them who does not know quotes. */
function domainsIn(quoted: string): readonly string[] {
  return quoted
    .split('@')
    .slice(1)
    .map((behind) => behind.slice(0, domainEnd(behind, 0)));
}

/** Quoted strings, comments, encoded words. Of a kind that is not closed once none is believed: what it hides may be shown. */
class Wraps {
  readonly #text: string;
  #areQuotesBroken = false;
  #areCommentsBroken = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** Behind what begins here; `at` itself where nothing does. */
  endOf(at: number): number {
    const char = this.#text[at];
    if (char === '"' && !this.#areQuotesBroken) {
      const end = this.#end(at, '"', '');
      this.#areQuotesBroken = end === at;
      return end;
    }
    if (char === '(' && !this.#areCommentsBroken) {
      const end = this.#end(at, ')', '(');
      this.#areCommentsBroken = end === at;
      return end;
    }
    if (char !== '=' || this.#text[at + 1] !== '?') return at;
    encodedWord.lastIndex = at;
    return at + (encodedWord.exec(this.#text)?.[0].length ?? 0);
  }

  #end(start: number, close: string, open: string): number {
    let depth = 1;
    for (let at = start + 1; at < this.#text.length; at += 1) {
      const char = this.#text[at];
      if (char === '\\') at += 1;
      else if (char === close) depth -= 1;
      else if (char === open) depth += 1;
      if (depth === 0) return at + 1;
    }
    return start;
  }
}

/** RFC 2047 §2, as long as some programs make it. */
const encodedWord = /=\?[!-~]{1,40}?\?[bq]\?[ -~]{0,300}?\?=/iy;

/** RFC 5322 §4.4: "<@relay,@relay:ana@example.test>". Only with its colon. */
function isRoute(text: string, at: number): boolean {
  if (text[at] !== '@') return false;
  const colon = text.indexOf(':', at);
  const end = text.indexOf('>', at);
  return colon >= 0 && (end < 0 || colon < end);
}

function domainEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && !/[\s<>,;:()"[\]\\@]/.test(text[end] ?? '')) end += 1;
  return end;
}
