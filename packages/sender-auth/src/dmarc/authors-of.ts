// Whose mail this claims to be: all addresses in all From fields, as any reader might understand them.
//
// Promises
// - What one program shows and another one judges is the same (threat 28). Where programs might differ - several From fields, two addresses
//   where one belongs, control characters, bytes that are no UTF-8 - `problem` says so, and every domain that could
//   be meant is listed.
// - An "@" in a quoted name, a comment or a route is no address. Domains are lower-case A-labels (RFC 9989 §5.3.1).
// - Linear, bounded, never throws.
import { headerFields, parseAddresses } from '@restante/mime';
import { parseDnsName } from '@restante/dns';
import { domainsBehindAt } from './domains-behind-at.ts';

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
  // A fold stays one blank: it matters below.
  const unfolded = text.trimEnd().replaceAll(/\r?\n/g, '\n');
  // Programs in C may stop at a NUL, others at a bare CR.
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(unfolded))
    found.noteProblem('From has a control character.');
  const plain = unfolded.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, ' ');
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
