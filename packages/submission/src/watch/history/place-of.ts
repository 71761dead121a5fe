// Where somebody sends from, as coarse as an operator of a network is large, and as fine as a block list should be. Pure.
//
// Without a database of countries: an IPv4 /16 or an IPv6 /32 is about one provider. A telephone changes within them all day.
import { BlockList, isIP } from 'node:net';

const mapped = new BlockList();
mapped.addSubnet('::ffff:0:0', 96, 'ipv6');

/** "203.0/16", "2001:db8/32"; the text itself when it is no address. */
export function networkOf(address: string): string {
  const v4 = asIPv4(address);
  if (v4 !== undefined) return `${v4.split('.').slice(0, 2).join('.')}/16`;
  const groups = groupsOf(address);
  return groups === undefined ? address.slice(0, 45) : `${groups.slice(0, 2).join(':')}/32`;
}

/** What a list should block: the very address, or the /64 of a household. */
export function subjectOf(address: string): string | undefined {
  const v4 = asIPv4(address);
  if (v4 !== undefined) return `${v4}/32`;
  const groups = groupsOf(address);
  return groups === undefined ? undefined : `${groups.slice(0, 4).join(':')}::/64`;
}

function asIPv4(address: string): string | undefined {
  if (isIP(address) === 4) return address;
  if (isIP(address) !== 6 || !mapped.check(address, 'ipv6')) return undefined;
  const tail = address.slice(address.lastIndexOf(':') + 1);
  return isIP(tail) === 4 ? tail : undefined;
}

function groupsOf(address: string): readonly string[] | undefined {
  const [bare = ''] = address.split('%');
  if (isIP(bare) !== 6) return undefined;
  const [left = '', right] = bare.toLowerCase().split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...Array.from({ length: zeros }, () => '0'), ...tail].map((group) =>
    group.replace(/^0+(?=.)/, ''),
  );
}
