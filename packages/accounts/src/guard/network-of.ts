// From an address to the places whose tries are counted together.

export interface Place {
  /** One household: the address, or a /64 (an IPv6 subscriber has a whole one). */
  readonly household: string;
  /** Its surroundings: /24 or /64. */
  readonly network: string;
}

export function placeOf(address: string): Place {
  const plain = address.replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1] ?? plain;
  if (!mapped.includes(':')) {
    return { household: mapped, network: mapped.replace(/\.\d+$/, '.0/24') };
  }
  const network = `${firstGroups(mapped).join(':')}::/64`;
  return { household: network, network };
}

/** The first four of the eight groups, whichever way the address is shortened. */
function firstGroups(address: string): readonly string[] {
  const [head = '', tail] = address.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  // An embedded IPv4 address at the end takes the place of two groups.
  const backLength = back.length + (back.at(-1)?.includes('.') === true ? 1 : 0);
  const gap = tail === undefined ? 0 : Math.max(0, 8 - front.length - backLength);
  const groups = [...front, ...Array.from({ length: gap }, () => '0'), ...back];
  return groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
}
