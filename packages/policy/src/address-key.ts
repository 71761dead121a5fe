// Under which key an address is counted: itself for IPv4, its /64 for IPv6, where one customer has a whole network.
import ipaddr from 'ipaddr.js';

/** Addresses that cannot be read are counted as they are written. */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address;
  try {
    const parsed = ipaddr.parse(address);
    if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
    if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
    return `${parsed.parts
      .slice(0, 4)
      .map((part) => part.toString(16))
      .join(':')}::/64`;
  } catch {
    return address;
  }
}
