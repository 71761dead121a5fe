// What stands behind each route of this site: mailboxes, the other sites, plain homes, the world.
import { createPrivateKey } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { noteForPeer, strangerForPlainHome } from '@restante/backup-mx';
import {
  createHopDeliverer,
  type Deliverer,
  type HopDeliverer,
  type OnResult,
} from '@restante/delivery';
import type { SiteConfig } from '@restante/config';
import { createResolver, type Resolver } from '@restante/dns';
import type { Route } from '@restante/mail-model';
import type { SmtpTarget } from '@restante/smtp';
import type { TransportSecurity } from '@restante/transport-security';
import { buildInternet, type InternetParts } from './build-internet.ts';
import type { SitePki } from './pki/read-site-pki.ts';
import { splitEndpoint } from './split-endpoint.ts';

export interface DelivererParts extends InternetParts {
  readonly pki: SitePki;
  readonly onResult: (route: Route) => OnResult;
}

/** Where a home is reached; asked anew for every connection, because names move. */
export interface Homes {
  /** Peers and plain homes by their route. */
  readonly hops: ReadonlyMap<Route, HopDeliverer>;
  readonly internet: Deliverer;
  /** What the world's mail servers must have of TLS. */
  readonly security: TransportSecurity;
  /** Our door to DNS; asked for every connection. */
  readonly resolver: Resolver;
  /** How the same homes are reached by a probe. */
  readonly targets: ReadonlyMap<Route, () => Promise<readonly SmtpTarget[]>>;
}

export function buildDeliverers(parts: DelivererParts): Homes {
  const { view, clock } = parts;
  const resolver = createResolver({ servers: view.topology.dnsServers, clock });
  const hops = new Map<Route, HopDeliverer>();
  const targets = new Map<Route, () => Promise<readonly SmtpTarget[]>>();

  const key = createPrivateKey(parts.pki.key);
  for (const peer of view.peers) {
    const route: Route = `peer:${peer.name}`;
    const find = targetFinder(parts, resolver, {
      endpoint: peer.public.smtp,
      tls: peerTls(parts, peer),
      more: asPeer,
    });
    targets.set(route, find);
    hops.set(
      route,
      createHop(parts, {
        route,
        find,
        connectionsMax: view.delivery.peerConnectionsMax,
        extras: (message) => noteForPeer(message, { site: view.site.name, key }),
      }),
    );
  }
  for (const { name, homeHost, backups } of view.topology.domains) {
    if (homeHost === undefined || !backups.includes(view.site.name)) continue;
    const route: Route = `host:${name}`;
    const find = targetFinder(parts, resolver, {
      endpoint: homeHost,
      tls: { mode: 'opportunistic' },
    });
    targets.set(route, find);
    hops.set(
      route,
      createHop(parts, {
        route,
        find,
        connectionsMax: view.delivery.homeHostConnectionsMax,
        extras: strangerForPlainHome,
      }),
    );
  }
  return { hops, targets, resolver, ...buildInternet(parts, resolver, hops) };
}

interface Hop {
  readonly route: Route;
  readonly find: () => Promise<readonly SmtpTarget[]>;
  readonly connectionsMax: number;
  readonly extras: Parameters<typeof createHopDeliverer>[0]['transactionExtras'];
}

function createHop(
  { view, clock, onResult }: DelivererParts,
  { route, find, connectionsMax, extras }: Hop,
): HopDeliverer {
  return createHopDeliverer({
    targets: find,
    pool: {
      limit: connectionsMax,
      messagesMax: view.delivery.peerMessagesPerConnection,
      idleMaxMs: view.delivery.idleConnectionMs,
      reconnectPauseMs: view.delivery.reconnectPauseMs,
      clock,
    },
    ...(extras === undefined ? {} : { transactionExtras: extras }),
    onResult: onResult(route),
    isPeer: route.startsWith('peer:'),
  });
}

/**
 * mTLS (design §4.3): ours says who we are, theirs must be of the cluster's CA. A site that shows the world a public certificate
 * shows it to us too; then that one must name its host, and what it may do still hangs on ours.
 */
function peerTls({ pki }: DelivererParts, { hostname, tls }: SiteConfig): SmtpTarget['tls'] {
  const ca = tls === undefined ? pki.ca : [pki.ca, ...rootCertificates].join('\n');
  return { mode: 'required', verify: true, ca, cert: pki.cert, key: pki.key, serverName: hostname };
}

interface Reach {
  readonly endpoint: string;
  readonly tls: SmtpTarget['tls'];
  readonly more?: Partial<SmtpTarget>;
}

const asPeer: Partial<SmtpTarget> = {
  // A site of ours scans nothing at the end of data and syncs in milliseconds: a minute of silence is a dead connection.
  timeouts: { bodyMs: 60_000, endOfDataMs: 60_000 },
  answersAtOnce: true,
  // An ocean's round trip must not be the drain's pace. When the connection breaks, the fate of all of them is unknown; a site
  // knows each one by its id when it comes again (law 6).
  inFlightMax: 8,
};

function targetFinder(
  { view }: DelivererParts,
  resolver: Resolver,
  { endpoint, tls, more = {} }: Reach,
): () => Promise<readonly SmtpTarget[]> {
  const { host, port } = splitEndpoint(endpoint);
  const timeouts = { connectMs: view.delivery.peerConnectTimeoutMs, ...more.timeouts };
  return async () => {
    const addresses = await resolver.lookup(host);
    return addresses.map(({ address }) => ({
      host,
      address,
      port,
      protocol: 'smtp',
      helo: view.site.hostname,
      tls,
      ...more,
      timeouts,
    }));
  };
}
