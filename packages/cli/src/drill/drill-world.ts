// The world around the cluster during a drill: a DNS of its own that says what the real one would say about the domain (home
// first, backup second), and the stranger that believes it.
import type { ClusterTopology, SiteConfig } from '@restante/config';
import { createResolver, startZoneServer } from '@restante/dns';
import type { Resolver, Zone } from '@restante/dns';
import { systemClock } from '@restante/runtime';
import type { DrillPlace } from './choose-place.ts';

export interface DrillWorld extends AsyncDisposable {
  /** Asks the drill's DNS and nobody else. */
  readonly resolver: Resolver;
  /** Host to address, after a site came back: it may have another one. */
  lookAgain(): Promise<void>;
}

const ttlSeconds = 1;

export async function openDrillWorld(
  topology: ClusterTopology,
  place: DrillPlace,
): Promise<DrillWorld> {
  await using stack = new AsyncDisposableStack();
  const known = stack.use(createResolver({ servers: topology.dnsServers, clock: systemClock }));
  const dns = stack.use(await startZoneServer({ zone: await zoneOf(place, known), ttlSeconds }));
  const resolver = stack.use(createResolver({ servers: [dns.address], clock: systemClock }));
  const open = stack.move();
  return {
    resolver,
    lookAgain: async () => {
      known.flush();
      dns.setZone(await zoneOf(place, known));
      resolver.flush();
    },
    [Symbol.asyncDispose]: async () => open.disposeAsync(),
  };
}

async function zoneOf({ domain, home, backup }: DrillPlace, known: Resolver): Promise<Zone> {
  const hosts = await Promise.all(
    [home, backup].map(async (site) => [site.hostname, { A: await addressesOf(site, known) }]),
  );
  const exchanges = [
    { priority: 10, exchange: home.hostname },
    { priority: 20, exchange: backup.hostname },
  ];
  return { [domain]: { MX: exchanges }, ...Object.fromEntries(hosts) };
}

async function addressesOf(site: SiteConfig, known: Resolver): Promise<readonly string[]> {
  const found = await known.lookup(site.hostname);
  return found.filter(({ family }) => family === 4).map(({ address }) => address);
}
