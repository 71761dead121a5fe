// One person, one spelling: the form under which addresses are stored and compared. Pure.
//
// - RFC 5321 §4.1.2: "ana"@x and ana@x are the same mailbox; quotes are kept only where they are needed.
// - RFC 5321 §2.4: case of a local part is the home's business; here it matters only where the domain says so, and never
//   for postmaster and abuse (RFC 5321 §4.5.1, RFC 2142).
// - RFC 6532 §3.1: text is compared in normal form C.
import { parseAddress } from '@restante/mail-model';

/** The rules of the domains that are at home here. */
export interface AddressRules {
  /** Character between a person and her tag; empty for none. */
  tagSeparatorOf(domain: string): string;
  isCaseSensitive(domain: string): boolean;
}

export interface CanonicalAddress {
  /** Without quotes. */
  readonly local: string;
  readonly domain: string;
  /** local@domain, quoted where the local part needs it; the key of every table. */
  readonly address: string;
}

const needsNoQuotes = /^[^\x00-\x20\x7f"(),:;<>@[\\\]]+$/;

/** The canonical form; undefined when the text is no address. */
export function canonicalAddress(text: string, rules: AddressRules): CanonicalAddress | undefined {
  const parsed = parseAddress(text);
  if (!parsed.ok) return undefined;
  const { domain } = parsed.value;
  const written = parsed.value.local;
  const spelled = (written.startsWith('"') ? unquoted(written) : written).normalize('NFC');
  const lower = spelled.toLowerCase();
  const local =
    rules.isCaseSensitive(domain) && lower !== 'postmaster' && lower !== 'abuse' ? spelled : lower;
  return { local, domain, address: joined(local, domain) };
}

/**
 * The addresses to try for one on the wire, best first: itself, then without its tag. A separator may also be part of a
 * name ("mary-ann-news"), so the longest name wins.
 */
export function candidatesOf(
  { local, domain, address }: CanonicalAddress,
  rules: AddressRules,
): readonly string[] {
  const separator = rules.tagSeparatorOf(domain);
  const candidates = [address];
  if (separator === '') return candidates;
  for (let at = local.lastIndexOf(separator); at > 0; at = local.lastIndexOf(separator, at - 1)) {
    candidates.push(joined(local.slice(0, at), domain));
  }
  return candidates;
}

function unquoted(local: string): string {
  return local.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}

function joined(local: string, domain: string): string {
  const isAtom =
    needsNoQuotes.test(local) &&
    !local.startsWith('.') &&
    !local.endsWith('.') &&
    !local.includes('..');
  return isAtom ? `${local}@${domain}` : `"${local.replaceAll(/["\\]/g, '\\$&')}"@${domain}`;
}
