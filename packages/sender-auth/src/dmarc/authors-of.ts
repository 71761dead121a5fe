// Whose mail this claims to be: all addresses in all From fields, as any reader might understand them.
//
// Promises
// - What one program shows and another one judges is the same (threat 28). Where programs might differ - several From fields, two addresses
//   where one belongs, control characters, bytes that are no UTF-8 - `problem` says so, and every domain that could
//   be meant is listed.
// - An "@" in a quoted string, a comment or a route is no address. Domains are lower-case A-labels (RFC 9989 §5.3.1).
// - Linear, bounded, never throws.
import { headerFields, parseAddresses } from '@restante/mime';
import { parseDnsName } from '@restante/dns';

export interface Authors {
  /** Each once, in the order they stand. Empty: none could be read. */
  readonly domains: readonly string[];
  /** local@domain, likewise; only what can be one. */
  readonly addresses: readonly string[];
  /** Why nobody should rely on it; undefined for a From as RFC 5322 wants it. */
  readonly problem?: string;
}

/** No honest From is longer; a longer one is not looked into. */
const fieldBytesMax = 16_384;
const authorsMax = 50;

/** `header`: the header of a message, as it came; what follows an empty line is not looked at. */
export function authorsOf(header: Buffer): Authors {
  const found = new Found();
  const fields = headerFields(header).filter(({ name }) => name.trim().toLowerCase() === 'from');
  if (fields.length === 0) found.noteProblem('There is no From field.');
  if (fields.length > 1) found.noteProblem('There are several From fields.');
  // A hundred thousand of them are not read one by one: two are too many already.
  for (const field of fields.slice(0, authorsMax)) {
    const bytes = header.subarray(field.valueStart, field.end);
    if (bytes.length > fieldBytesMax) found.noteProblem('From is too long.');
    else readField(bytes, found);
  }
  return found.answer();
}

class Found {
  readonly #domains = new Set<string>();
  readonly #addresses = new Set<string>();
  #problem: string | undefined;

  noteProblem(problem: string): void {
    this.#problem ??= problem;
  }

  note(local: string, domain: string): void {
    const name = domainName(domain);
    if (name === undefined) {
      this.noteProblem('From has an address without a usable domain.');
      return;
    }
    if (this.#domains.size < authorsMax) this.#domains.add(name);
    if (local !== '' && this.#addresses.size < authorsMax) this.#addresses.add(`${local}@${name}`);
  }

  answer(): Authors {
    if (this.#domains.size === 0) this.noteProblem('From names no domain.');
    return {
      domains: [...this.#domains],
      addresses: [...this.#addresses],
      ...(this.#problem !== undefined && { problem: this.#problem }),
    };
  }
}

function readField(bytes: Buffer, found: Found): void {
  const { text, isUtf8 } = decoded(bytes);
  if (!isUtf8) found.noteProblem('From is not in UTF-8.');
  const unfolded = text.replaceAll(/\r?\n/g, '');
  // Programs in C may stop at a NUL, others at a bare CR.
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(unfolded))
    found.noteProblem('From has a control character.');
  const plain = unfolded.replaceAll(/[\u0000-\u001f\u007f]/g, ' ');
  for (const { mailbox, domain } of parseAddresses(plain)) {
    // The borders of a group are no addresses.
    if (mailbox !== undefined && domain !== undefined) found.note(mailbox, domain);
  }
  for (const domain of domainsBehindAt(plain)) found.note('', domain);
}

function decoded(bytes: Buffer): { readonly text: string; readonly isUtf8: boolean } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isUtf8: true };
  } catch {
    // Not UTF-8: the only thing TextDecoder throws for. Each byte a character, so that ASCII is read all the same.
    return { text: bytes.toString('latin1'), isUtf8: false };
  }
}

/** Letters, digits, "-" and "_": an address literal is no domain, and neither is what has an encoded word in it. */
function domainName(text: string): string | undefined {
  const name = parseDnsName(text);
  return name.ok && /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name.value) ? name.value : undefined;
}

/**
 * What another reader than ours might take for addresses: whatever stands behind an "@". Not in quoted strings, comments, encoded words
 * and routes, and not in a name before "<": all agree that an address in angle brackets is the one that counts. Two of them are two.
 */
function domainsBehindAt(text: string): readonly string[] {
  const found: string[] = [];
  // Of the address that is being read: a name still, if "<" follows.
  let pending: string[] = [];
  const wraps = new Wraps(text);
  let isInRoute = false;
  for (let at = 0; at < text.length && found.length < authorsMax;) {
    const wrapped = wraps.endOf(at);
    if (wrapped > at) {
      at = wrapped;
      continue;
    }
    const char = text[at];
    at += 1;
    if (char === '@') {
      const end = domainEnd(text, at);
      const domain = text.slice(at, end);
      // A brand with an "@" in it is no domain, "Fit@Home".
      if (!isInRoute && domain.includes('.')) pending.push(domain);
      at = end;
    } else if (char === '<') {
      pending = [];
      isInRoute = isRoute(text, at);
    } else if (char === ':') {
      isInRoute = false;
    } else if (char === '>' || (char === ',' && !isInRoute) || char === ';') {
      found.push(...pending);
      pending = [];
      isInRoute = false;
    }
  }
  return [...found, ...pending].slice(0, authorsMax);
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
