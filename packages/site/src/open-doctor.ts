// The doctor of this site: what the world sees of us, looked at from here, from time to time and when somebody asks.
import type { BlockLists } from '@restante/block-lists';
import type { HomeKeeper } from '@restante/backup-mx';
import { createResolver } from '@restante/dns';
import { createDoctor, type Doctor, type DoctorDomain } from '@restante/doctor';
import type { DkimKeys } from '@restante/dkim';
import type { EventSink } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import type { SiteView } from './cluster-config.ts';
import { openPeerClient } from './peer-client.ts';
import type { SitePki } from './pki/read-site-pki.ts';
import { splitEndpoint } from './split-endpoint.ts';

export interface DoctorParts {
  readonly view: SiteView;
  readonly pki: SitePki;
  readonly keys: DkimKeys;
  readonly lists: BlockLists;
  readonly keepers: readonly HomeKeeper[];
  readonly onEvent: EventSink;
  readonly clock: Clock;
  readonly stack: AsyncDisposableStack;
}

export function openDoctor({
  view,
  pki,
  keys,
  lists,
  keepers,
  onEvent,
  clock,
  stack,
}: DoctorParts): Doctor {
  const { topology, settings, site } = view;
  // It remembers nothing: who has just mended a record wants to see it.
  const resolver = stack.use(
    createResolver({
      servers: topology.dnsServers,
      clock,
      ttlMaxSeconds: 0,
      negativeTtlMaxSeconds: 0,
    }),
  );
  const peers = new Map(
    view.peers.map((peer) => [peer.name, stack.use(openPeerClient({ pki, resolver }, peer))]),
  );
  const doctor = stack.use(
    createDoctor({
      site: site.name,
      sites: topology.sites.map(({ name, hostname, public: { smtp } }) => ({
        name,
        hostname,
        smtp,
      })),
      domains: topology.domains.map(doctorDomain),
      settings: view.doctor,
      resolver,
      clock,
      onEvent,
      mtaSts: { mode: settings.mtaSts, maxAgeMs: settings.mtaStsMaxAgeMs },
      lists,
      dkimKeys: keys,
      peerClock: async (name) => {
        const nowMs = (await peers.get(name)?.health())?.nowMs;
        if (nowMs === undefined) throw new Error(`${name} does not tell its time.`);
        return nowMs;
      },
      mirrors: () =>
        keepers
          .filter(({ isBackedUp }) => isBackedUp)
          .map((keeper) => {
            const { ageMs } = keeper.mirror();
            return { home: keeper.name, ...(ageMs === undefined ? {} : { ageMs }) };
          }),
    }),
  );
  doctor.start();
  return doctor;
}

function doctorDomain({
  name,
  home,
  homeHost,
  backups,
}: SiteView['topology']['domains'][number]): DoctorDomain {
  return {
    name,
    sites: [...(home === undefined ? [] : [home]), ...backups],
    ...(homeHost === undefined ? {} : { homeHost: splitEndpoint(homeHost).host }),
  };
}
