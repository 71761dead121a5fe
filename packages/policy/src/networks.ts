// Is this address in one of these networks? For lists of trusted and blocked networks from the cluster file.
import { BlockList, isIP } from 'node:net';

export interface Networks {
  includes(address: string): boolean;
}

/** "192.0.2.7", "192.0.2.0/24", "2001:db8::/32". Throws on anything else: the cluster file was checked before. */
export function createNetworks(entries: readonly string[]): Networks {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return {
    includes: (address) => {
      const version = isIP(address);
      if (version === 0 || entries.length === 0) return false;
      return list.check(address, version === 6 ? 'ipv6' : 'ipv4');
    },
  };
}
