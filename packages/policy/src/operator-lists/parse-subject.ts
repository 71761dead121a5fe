// What an operator types as the subject of an entry, strictly: a mistyped network must not become a domain that never matches, or
// half of the internet. The canonical text comes back, so that one thing is never two entries. Pure.
import { isIP } from 'node:net';
import { parseAddress, parseDomain, type Parsed } from '@restante/mail-model';
import ipaddr from 'ipaddr.js';
import type { EntrySubject } from './operator-lists.ts';

/** Wider than this is nobody's network; it would be a slip of the finger. */
const bitsMin = { ipv4: 8, ipv6: 16 } as const;

export function parseSubject(text: string): Parsed<EntrySubject> {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > 330) return no('An entry needs a subject.');
  if (trimmed.includes('@')) return parseSender(trimmed);
  if (/[:/]/.test(trimmed) || /^[0-9.]+$/.test(trimmed)) return parseNetwork(trimmed);
  return parseDomainSubject(trimmed);
}

/** The one text of a subject, as it is shown and typed. */
export function subjectText(subject: EntrySubject): string {
  switch (subject.kind) {
    case 'network':
      return subject.network;
    case 'domain':
      return subject.domain;
    case 'sender':
      return subject.address;
  }
}

function parseSender(text: string): Parsed<EntrySubject> {
  if (text.startsWith('@')) return no('Write the domain without "@".');
  const parsed = parseAddress(text);
  if (!parsed.ok) return parsed;
  const { local, domain } = parsed.value;
  // RFC 5321 §2.4 leaves the case of a local part to its host; for a list, who writes it differently is no other person.
  return {
    ok: true,
    value: { kind: 'sender', address: `${local}@${domain}`.normalize('NFC').toLowerCase() },
  };
}

function parseDomainSubject(text: string): Parsed<EntrySubject> {
  const isBelow = text.startsWith('.');
  const parsed = parseDomain(isBelow ? text.slice(1) : text);
  if (!parsed.ok) return parsed;
  if (parsed.value.startsWith('[')) return no('Write an address without brackets.');
  // No top-level domain is all digits; this is an address with a slip in it.
  if (/(^|\.)\d+$/.test(parsed.value)) return no('That is neither an address nor a domain.');
  if (!isBelow && !parsed.value.includes('.'))
    return no('That is a word, not a domain; ".word" stands for all domains below it.');
  return { ok: true, value: { kind: 'domain', domain: `${isBelow ? '.' : ''}${parsed.value}` } };
}

function parseNetwork(text: string): Parsed<EntrySubject> {
  const [address = '', bitsText, more] = text.split('/');
  // isIP takes no leading zeros, no hexadecimal and no shortened forms; a zone ("%eth0") is nobody's on the internet.
  if (isIP(address) === 0 || address.includes('%') || more !== undefined)
    return no(
      'Write an address such as 192.0.2.7 or 2001:db8::1, or a network such as 192.0.2.0/24.',
    );
  if (bitsText !== undefined && !/^(0|[1-9]\d{0,2})$/.test(bitsText))
    return no('The length of a network is a number of bits, as in 192.0.2.0/24.');
  const given = ipaddr.parse(address);
  const isMapped = given instanceof ipaddr.IPv6 && given.isIPv4MappedAddress();
  const parsed = isMapped ? given.toIPv4Address() : given;
  const widest = parsed.kind() === 'ipv4' ? 32 : 128;
  const bits = bitsText === undefined ? widest : Number(bitsText) - (isMapped ? 96 : 0);
  if (bits > widest || bits < bitsMin[parsed.kind()])
    return no(`A network here has ${bitsMin[parsed.kind()]} to ${widest} bits.`);
  const first = networkAddress(parsed, bits);
  if (first !== parsed.toString())
    return no(`${first}/${bits} is the network that ${parsed.toString()} is in; write that.`);
  return {
    ok: true,
    value: { kind: 'network', network: bits === widest ? first : `${first}/${bits}` },
  };
}

/** The text of the first address of the network. */
function networkAddress(address: ipaddr.IPv4 | ipaddr.IPv6, bits: number): string {
  const bytes = address.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8));
    return byte & (0xff00 >> kept) & 0xff;
  });
  return ipaddr.fromByteArray(bytes).toString();
}

function no(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
