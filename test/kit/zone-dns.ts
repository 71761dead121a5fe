// A name server of the test's own on loopback, with the zone in the test.
import { startZoneServer } from '@restante/dns';
import type { Zone, ZoneServer, ZoneServerOptions } from '@restante/dns';

export function startZoneDns(
  zone: Zone,
  more: Omit<ZoneServerOptions, 'zone' | 'host'> = {},
): Promise<ZoneServer> {
  return startZoneServer({ host: '127.0.0.1', port: 0, zone, ttlSeconds: 1, ...more });
}

/** The zone of a domain whose mail goes to these hosts, the first one first; each host is at its address. */
export function mxZone(
  domain: string,
  hosts: readonly { readonly host: string; readonly address: string }[],
): Zone {
  const exchanges = hosts.map(({ host }, index) => ({
    priority: (index + 1) * 10,
    exchange: host,
  }));
  return Object.fromEntries([
    [domain, { MX: exchanges }],
    ...hosts.map(({ host, address }) => [host, { A: [address] }] as const),
  ]);
}
