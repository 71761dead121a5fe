// The network around a counted address: /24 for IPv4, /48 for IPv6, what one customer of a provider may have at most.
import { isIPv4 } from 'node:net';

/** Takes what addressKey() gave; anything else is its own network. */
export function networkKey(addressKey: string): string {
  if (isIPv4(addressKey)) return `${addressKey.slice(0, addressKey.lastIndexOf('.'))}.0/24`;
  const groups = /^([0-9a-f]+:[0-9a-f]+:[0-9a-f]+):[0-9a-f]+::\/64$/.exec(addressKey);
  return groups === null ? addressKey : `${groups[1] ?? ''}::/48`;
}
