// Addresses and networks, compared octet by octet. Pure.
//
// RFC 7208 §5: an IPv4 address written as IPv6 (::ffff:192.0.2.1) is an IPv4 address, and an address of one family never
// matches a network of the other.
import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

export interface IpAddress {
  readonly family: 4 | 6;
  readonly octets: readonly number[];
}

export interface Network extends IpAddress {
  readonly prefixBits: number;
}

/** Undefined when it is none. What is no plain dotted quad or IPv6 text (octal, hexadecimal, short) is none. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (isIPv4(text)) return { family: 4, octets: text.split('.').map(Number) };
  // A zone ("%eth0") says on which wire, not who.
  if (!isIPv6(text) || text.includes('%')) return undefined;
  return { family: 6, octets: ipaddr.IPv6.parse(text).toByteArray() };
}

/** The client's address: without a zone, and IPv4 when it is a mapped one. */
export function parseClientAddress(text: string): IpAddress | undefined {
  const address = parseIpAddress(text.split('%', 1)[0] ?? '');
  if (address?.family !== 6) return address;
  const { octets } = address;
  const isMapped =
    octets.slice(0, 10).every((octet) => octet === 0) && octets[10] === 255 && octets[11] === 255;
  return isMapped ? { family: 4, octets: octets.slice(12) } : address;
}

export function contains({ family, octets, prefixBits }: Network, address: IpAddress): boolean {
  if (family !== address.family) return false;
  const whole = prefixBits >> 3;
  for (let index = 0; index < whole; index += 1) {
    if (octets[index] !== address.octets[index]) return false;
  }
  const mask = (0xff00 >> (prefixBits & 7)) & 0xff;
  return mask === 0 || ((octets[whole] ?? 0) & mask) === ((address.octets[whole] ?? 0) & mask);
}

/** Is this text the very address? */
export function isAddress(text: string, { family, octets }: IpAddress): boolean {
  const other = parseIpAddress(text);
  return other?.family === family && other.octets.every((octet, index) => octet === octets[index]);
}

/** For people to read (%{c}); IPv6 as RFC 5952 wants it. */
export function addressText({ family, octets }: IpAddress): string {
  return family === 4 ? octets.join('.') : new ipaddr.IPv6([...octets]).toString();
}

/** RFC 7208 §7.3, %{i}: an IPv4 address as it is; an IPv6 address as 32 digits with dots. */
export function dottedAddress({ family, octets }: IpAddress): string {
  if (family === 4) return octets.join('.');
  return octets
    .flatMap((octet) => [octet >> 4, octet & 15])
    .map((digit) => digit.toString(16).toUpperCase())
    .join('.');
}
