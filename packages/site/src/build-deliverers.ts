// What stands behind each route of this site: mailboxes, the other sites, plain homes, the world.
import { createPrivateKey } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { noteForPeer, strangerForPlainHome } from '@restante/backup-mx';
import {
  createHopDeliverer,
  createInternetDeliverer,
  type Deliverer,
  type HopDeliverer,
  type OnResult,
} from '@restante/delivery';
import type { SiteConfig } from '@restante/config';
import { createResolver, type Resolver } from '@restante/dns';
import type { Route } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import type { SmtpTarget } from '@restante/smtp';
import type { SiteView } from './cluster-config.ts';
import type { SitePki } from './pki/read-site-pki.ts';
import { splitEndpoint } from './split-endpoint.ts';

export interface DelivererParts {
  readonly view: SiteView;
  readonly pki: SitePki;
  readonly clock: Clock;
  readonly onResult: (route: Route) => OnResult;
}

/** Where a home is reached; asked anew for every connection, because names move. */
export interface Homes {
  /** Peers and plain homes by their route. */
  readonly hops: ReadonlyMap<Route, HopDeliverer>;
  readonly internet: Deliverer;
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
      silence: peerSilence,
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
  return { hops, targets, resolver, internet: createInternet(parts, resolver) };
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

function createInternet({ view, clock }: DelivererParts, resolver: Resolver): Deliverer {
  const { delivery, site, topology } = view;
  return createInternetDeliverer({
    resolver,
    helo: site.hostname,
    // RFC 5321 §5.1: where we find ourselves in an MX list, only better ones are tried.
    ownNames: topology.sites.map(({ hostname }) => hostname),
    port: delivery.internetPort,
    tls: { mode: delivery.internetTls },
    timeouts: { connectMs: delivery.connectTimeoutMs },
    connectionsMax: delivery.internetConnectionsPerHostMax,
    messagesPerConnection: delivery.internetMessagesPerConnection,
    idleMaxMs: delivery.idleConnectionMs,
    hostsMax: delivery.mxHostsMax,
    addressesMax: delivery.addressesMax,
    allowPrivateAddresses: delivery.allowPrivateAddresses,
    clock,
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
  /** Timeouts after the connection stands; absent: those of RFC 5321 §4.5.3.2. */
  readonly silence?: SmtpTarget['timeouts'];
}

/** A site of ours scans nothing at the end of data and syncs in milliseconds: a minute of silence is a dead connection. */
const peerSilence = { bodyMs: 60_000, endOfDataMs: 60_000 };

function targetFinder(
  { view }: DelivererParts,
  resolver: Resolver,
  { endpoint, tls, silence }: Reach,
): () => Promise<readonly SmtpTarget[]> {
  const { host, port } = splitEndpoint(endpoint);
  const timeouts = { connectMs: view.delivery.peerConnectTimeoutMs, ...silence };
  return async () => {
    const addresses = await resolver.lookup(host);
    return addresses.map(({ address }) => ({
      host,
      address,
      port,
      protocol: 'smtp',
      helo: view.site.hostname,
      tls,
      timeouts,
    }));
  };
}
