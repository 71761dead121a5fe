// The way out to the world: its mail servers, what they must have of TLS, and the other sites where we do not get through.
import { join } from 'node:path';
import type { SectionValues } from '@restante/config';
import {
  createAddressGuard,
  createAlternateExit,
  createInternetDeliverer,
  type Deliverer,
  type HopDeliverer,
} from '@restante/delivery';
import type { Resolver } from '@restante/dns';
import type { EventSink, Route } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import {
  createTransportSecurity,
  type transportSecuritySection,
  type TransportSecurity,
} from '@restante/transport-security';
import type { SiteView } from './cluster-config.ts';
import { splitEndpoint } from './split-endpoint.ts';

export interface InternetParts {
  readonly view: SiteView;
  readonly clock: Clock;
  readonly onEvent: EventSink;
  readonly transportSecurity: SectionValues<typeof transportSecuritySection>;
  /** Under it MTA-STS policies are kept. */
  readonly stateDir: string;
  /** False: a route to a peer stands still, its home is away or the operator holds it. */
  readonly isOpen?: (route: Route) => boolean;
}

export interface Internet {
  readonly internet: Deliverer;
  readonly security: TransportSecurity;
}

export function buildInternet(
  parts: InternetParts,
  resolver: Resolver,
  hops: ReadonlyMap<Route, HopDeliverer>,
): Internet {
  const { view, clock, onEvent } = parts;
  const security = createTransportSecurity({
    ...parts.transportSecurity,
    resolver,
    dir: join(parts.stateDir, 'mta-sts'),
    otherwise: { mode: view.delivery.internetTls },
    guard: createAddressGuard({
      ownAddresses: [],
      allowPrivate: view.delivery.allowPrivateAddresses,
    }),
    onEvent,
    clock,
  });
  const own = createInternet(parts, resolver, security);
  return { security, internet: withAlternateExit(parts, own, hops) };
}

function createInternet(
  { view, clock, onEvent }: InternetParts,
  resolver: Resolver,
  security: TransportSecurity,
): Deliverer {
  const { delivery, site, topology } = view;
  return createInternetDeliverer({
    resolver,
    helo: site.hostname,
    // RFC 5321 §5.1: where we find ourselves in an MX list, only better ones are tried.
    ownNames: topology.sites.map(({ hostname }) => hostname),
    ownAddresses: async () => ownAddresses(view, resolver),
    port: delivery.internetPort,
    security,
    timeouts: { connectMs: delivery.connectTimeoutMs },
    connectionsMax: delivery.internetConnectionsPerDomainMax,
    connectionsPerAddressMax: delivery.internetConnectionsPerHostMax,
    messagesPerConnection: delivery.internetMessagesPerConnection,
    idleMaxMs: delivery.idleConnectionMs,
    hostsMax: delivery.mxHostsMax,
    addressesMax: delivery.addressesMax,
    hostFailuresMax: delivery.hostFailuresMax,
    hostPauseMs: delivery.hostPauseMs,
    hostPauseMaxMs: delivery.hostPauseMaxMs,
    allowPrivateAddresses: delivery.allowPrivateAddresses,
    onEvent,
    clock,
  });
}

/** Where the world reaches our sites, as the names say now: an MX record of somebody else must not lead us to ourselves. */
async function ownAddresses(
  { topology, delivery }: SiteView,
  resolver: Resolver,
): Promise<readonly string[]> {
  const hosts = topology.sites.flatMap((site) => {
    const { host, port } = splitEndpoint(site.public.smtp);
    // In a laboratory others may live at our address, at another port.
    const named = port === delivery.internetPort ? [host] : [];
    return delivery.internetPort === 25 ? [...named, site.hostname] : named;
  });
  const found = await Promise.allSettled([...new Set(hosts)].map((host) => resolver.lookup(host)));
  // A name that cannot be looked up leaves us with the others, and with the names themselves.
  return found.flatMap((one) =>
    one.status === 'fulfilled' ? one.value.map(({ address }) => address) : [],
  );
}

function withAlternateExit(
  { view, clock, onEvent, isOpen }: InternetParts,
  own: Deliverer,
  hops: ReadonlyMap<Route, HopDeliverer>,
): Deliverer {
  const { delivery, peers } = view;
  if (!delivery.alternateExit || peers.length === 0) return own;
  return createAlternateExit({
    own,
    peers: peers.flatMap(({ name }) => {
      const route: Route = `peer:${name}`;
      const hop = hops.get(route);
      return hop === undefined
        ? []
        : [{ site: name, hop, isOpen: () => isOpen?.(route) !== false }];
    }),
    failuresMin: delivery.alternateExitFailures,
    afterMs: delivery.alternateExitAfterMs,
    memoryMs: delivery.alternateExitMemoryMs,
    onEvent,
    clock,
  });
}
