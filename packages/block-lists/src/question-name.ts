// The name to ask a list for (RFC 5782 §2.1, §2.4, §3.1), and who is never asked about. Pure.
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { parseDnsName } from '@restante/dns';

/** Ranges no list can know anything about: they mean somebody else in every network. */
const unlisted: ReadonlySet<string> = new Set([
  'unspecified',
  'broadcast',
  'multicast',
  'linkLocal',
  'loopback',
  'private',
  'carrierGradeNat',
  'uniqueLocal',
]);

/** In one spelling, an IPv4 address in IPv6's clothes as the IPv4 address it is; undefined for what is no address. */
export function plainAddress(address: string): string | undefined {
  const bare = address.split('%', 1)[0] ?? '';
  return isIP(bare) === 0 ? undefined : ipaddr.process(bare).toString();
}

/** For what plainAddress() gave. */
export function isListable(address: string): boolean {
  return !unlisted.has(ipaddr.process(address).range());
}

/** RFC 5782 §2.1: the octets backwards; §2.4: for IPv6 the nibbles. No mapping is undone here: test points need theirs. */
export function addressQuestion(address: string, zone: string): string {
  const parsed = ipaddr.parse(address);
  const labels =
    parsed.kind() === 'ipv4'
      ? parsed.toByteArray()
      : parsed
          .toByteArray()
          .flatMap((octet) => [(octet >> 4).toString(16), (octet & 15).toString(16)]);
  return `${labels.toReversed().join('.')}.${zone}`;
}

/** RFC 5782 §3.1. Undefined for what no list of domains has: an address, a name without a dot, no name at all. */
export function plainDomain(domain: string): string | undefined {
  const parsed = parseDnsName(domain);
  if (!parsed.ok || !parsed.value.includes('.') || /^\[|\.\d+$/.test(parsed.value))
    return undefined;
  return parsed.value;
}

export function domainQuestion(domain: string, zone: string): string {
  return `${domain}.${zone}`;
}
