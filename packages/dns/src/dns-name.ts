// Names as DNS takes them. Pure.
//
// International names become A-labels (RFC 5890), capitals small letters. What DNS cannot hold is refused before a packet is
// made: a NUL, for one, would let "bank.example\0.evil.example" pass for another name.
import { isIP, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import type { Parsed } from '@restante/mail-model';

// RFC 1035 §2.3.4: 63 octets a label; 255 octets a name on the wire are 253 characters as text.
const labelMax = 63;
const nameMax = 253;
const label = /^[\x21-\x2d\x2f-\x5b\x5d-\x7e]+$/;
/** What nearly every name is: nothing about it has to be looked at twice. */
const plainName = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/** A name to ask for: lower case, A-labels, no dot at the end. */
export function parseDnsName(text: string): Parsed<string> {
  if (text.length <= nameMax && plainName.test(text)) return { ok: true, value: text };
  const bare = text.endsWith('.') ? text.slice(0, -1) : text;
  const ascii = /^[\x00-\x7f]*$/.test(bare) ? bare.toLowerCase() : domainToASCII(bare);
  if (ascii === '')
    return { ok: false, problem: 'The name is empty or cannot be written in A-labels.' };
  if (ascii.length > nameMax)
    return { ok: false, problem: 'The name is longer than 253 characters.' };
  const labels = ascii.split('.');
  if (labels.some((each) => each.length === 0 || each.length > labelMax)) {
    return { ok: false, problem: 'A part of the name is empty or longer than 63 characters.' };
  }
  return labels.every((each) => label.test(each))
    ? { ok: true, value: ascii }
    : { ok: false, problem: 'The name has a character that does not belong there.' };
}

/** A name out of an answer, in lower case; undefined when it cannot be one of a host. */
export function hostInAnswer(text: string): string | undefined {
  const name = text.toLowerCase();
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name) && name.length <= nameMax ? name : undefined;
}

/** A name out of an answer that need not be a host's (CNAME and PTR chains use "/" and more). */
export function nameInAnswer(text: string): string | undefined {
  const parsed = parseDnsName(text);
  return parsed.ok ? parsed.value : undefined;
}

/** The name to ask for the PTR of an address (RFC 1035 §3.5, RFC 3596 §2.5); undefined when it is none. */
export function reverseName(address: string): string | undefined {
  const version = isIP(address);
  if (version === 4) return `${address.split('.').toReversed().join('.')}.in-addr.arpa`;
  if (version !== 6) return undefined;
  const groups = ipv6Groups(address);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) return reverseName(ipv4Of(groups[6] ?? 0, groups[7] ?? 0));
  const nibbles = groups.map((group) => group.toString(16).padStart(4, '0')).join('');
  return `${Array.from(nibbles).toReversed().join('.')}.ip6.arpa`;
}

function ipv6Groups(address: string): readonly number[] {
  const bare = address.split('%', 1)[0] ?? '';
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(bare);
  const text =
    dotted && isIPv6(bare)
      ? `${dotted[1]}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}`
      : bare;
  const [head = '', tail] = text.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
}

function hex(high: string | undefined, low: string | undefined): string {
  return ((Number(high) << 8) | Number(low)).toString(16);
}

function ipv4Of(high: number, low: number): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}
