// The homes this site looks after: every other site of the cluster, and every plain home it is the backup MX of.
import { join } from 'node:path';
import {
  createHomeKeeper,
  mirrorRecipients,
  type HomeKeeper,
  type MirrorFacts,
  type OutageLog,
} from '@restante/backup-mx';
import type { DomainConfig, SiteConfig } from '@restante/config';
import type { HopDeliverer } from '@restante/delivery';
import {
  createAskHealth,
  createPaceKeeper,
  createProber,
  watchPeer,
  type AskHealth,
  type PeerWatch,
} from '@restante/health';
import type { EventSink, Route } from '@restante/mail-model';
import { openMirror, readRecipientsFile, type RecipientList } from '@restante/recipients';
import type { Relay, RouteGates } from '@restante/relay';
import type { RetryQueue } from '@restante/retry-queue';
import type { Clock } from '@restante/runtime';
import { connectSmtp } from '@restante/smtp';
import type { Homes } from './build-deliverers.ts';
import type { SiteView } from './cluster-config.ts';
import { openPeerClient } from './peer-client.ts';
import type { SitePki } from './pki/read-site-pki.ts';
import type { RouteTally } from './route-tally.ts';
import { splitEndpoint } from './split-endpoint.ts';

/**
 * Messages under way for every connection: while one is on the wire, others are read from disk, settled or taken from the
 * timetable. The home sees only the connections. To a peer, eight are on the wire (see asPeer in build-deliverers.ts).
 */
const handlersPerConnection = { peer: 10, host: 4 };

export interface KeepHomesParts {
  readonly view: SiteView;
  readonly pki: SitePki;
  readonly homes: Homes;
  readonly relay: Relay;
  readonly gates: RouteGates;
  readonly queue: RetryQueue;
  readonly outages: OutageLog;
  /** What waits for each route, counted as it comes and goes. */
  readonly tally: RouteTally;
  readonly onEvent: EventSink;
  readonly clock: Clock;
  readonly stack: AsyncDisposableStack;
}

export async function keepHomes(parts: KeepHomesParts): Promise<readonly HomeKeeper[]> {
  const { view } = parts;
  const keepers: HomeKeeper[] = [];
  for (const peer of view.peers) keepers.push(await keepPeer(parts, peer));
  for (const domain of view.topology.domains) {
    if (domain.homeHost !== undefined && domain.backups.includes(view.site.name))
      keepers.push(await keepPlainHome(parts, domain));
  }
  return keepers;
}

async function keepPeer(parts: KeepHomesParts, peer: SiteConfig): Promise<HomeKeeper> {
  const { view, pki, homes, onEvent, clock, stack } = parts;
  const { host, port } = splitEndpoint(peer.public.api);
  const addressesOf = async (name: string) =>
    (await homes.resolver.lookup(name)).map(({ address }) => address);
  const client = stack.use(openPeerClient({ pki, resolver: homes.resolver }, peer));
  const health = createAskHealth({
    origin: async () => `https://${asUrlHost((await addressesOf(host))[0] ?? host)}:${port}`,
    serverName: peer.hostname,
    ...pki,
    timeoutMs: view.health.stageTimeoutMs,
  });
  stack.defer(async () => health.close());
  const domains = view.topology.domains.filter(({ home }) => home === peer.name);
  const backedUp = domains.filter(({ backups }) => backups.includes(view.site.name));
  const mirror = await openMirror({
    dir: join(view.site.dir, 'mirrors'),
    peer: peer.name,
    clock,
    onEvent,
  });
  const loop = stack.use(
    mirrorRecipients({
      peer: peer.name,
      client,
      mirror,
      intervalMs: view.recipients.refreshIntervalMs,
      onEvent,
    }),
  );
  const canary = domains[0] === undefined ? undefined : `${view.health.canary}@${domains[0].name}`;
  return keepHome(parts, {
    name: peer.name,
    route: `peer:${peer.name}`,
    domains: domains.map(({ name }) => name),
    isBackedUp: backedUp.length > 0,
    list: mirror.list,
    mirror: () => ({
      ageMs: mirror.ageMs,
      version: mirror.list.snapshot?.version,
      recipients: countEntries(mirror.list),
    }),
    canary: canary ?? `${view.health.canary}@${peer.hostname}`,
    askHealth: health.ask,
    onBack: () => void loop.refresh(),
  });
}

async function keepPlainHome(parts: KeepHomesParts, domain: DomainConfig): Promise<HomeKeeper> {
  const { view, onEvent, clock, stack } = parts;
  const file = await readRecipientsFile({
    path: domain.recipientsFile ?? '',
    home: domain.name,
    domains: [domain],
    clock,
    onEvent,
  });
  stack.use(file);
  return keepHome(parts, {
    name: domain.name,
    route: `host:${domain.name}`,
    domains: [domain.name],
    isBackedUp: true,
    list: file.list,
    mirror: () => ({
      ageMs: file.readAtMs === undefined ? undefined : clock.now() - file.readAtMs,
      version: file.list.snapshot?.version,
      recipients: countEntries(file.list),
    }),
    canary: `${view.health.canary}@${domain.name}`,
    onBack: () => void file.check(),
  });
}

interface Home {
  readonly name: string;
  readonly route: Route;
  readonly domains: readonly string[];
  readonly isBackedUp: boolean;
  readonly list: RecipientList;
  readonly mirror: () => MirrorFacts;
  readonly canary: string;
  readonly askHealth?: AskHealth;
  readonly onBack: () => void;
}

function keepHome(parts: KeepHomesParts, home: Home): HomeKeeper {
  const { view, relay, gates, queue, outages, tally, onEvent, clock, stack } = parts;
  const { name, route, domains, isBackedUp, list, mirror, onBack } = home;
  const hop = parts.homes.hops.get(route);
  if (hop === undefined) throw new Error(`No deliverer stands behind the route ${route}.`);
  const limits = {
    start: view.relay.drainStart,
    max: limitOf(view, route),
    latencyMaxMs: view.relay.drainLatencyMaxMs,
  };
  const handlers = handlersPerConnection[route.startsWith('peer:') ? 'peer' : 'host'];
  const follow = (limit: number) => {
    hop.setLimit(limit);
    relay.worker(route)?.setConcurrency(limit * handlers);
  };
  const pace = createPaceKeeper(limits, follow);
  follow(pace.limit);
  tally.onResult(route, (latencyMs, kinds) =>
    pace.record({
      nowMs: clock.monotonicMs(),
      latencyMs,
      deferred: kinds.includes('deferred'),
      running: runningOn(hop),
    }),
  );
  const watch = watchHome(parts, home);
  const keeper = createHomeKeeper({
    name,
    route,
    domains,
    isBackedUp,
    list,
    mirror,
    watch,
    pace,
    gates,
    queue,
    outages,
    waiting: () => tally.waiting(route),
    onBack,
    onEvent,
    clock,
  });
  return stack.use(keeper);
}

function watchHome(
  { view, homes, onEvent, clock }: KeepHomesParts,
  { name, route, canary, askHealth }: Home,
): PeerWatch {
  const targets = homes.targets.get(route);
  const probe = createProber({
    smtp: async () => {
      const target = (await targets?.())?.[0];
      if (target === undefined) throw new Error('its host name has no address');
      return target;
    },
    connect: connectSmtp,
    canary,
    ...(askHealth === undefined ? {} : { askHealth }),
    stageTimeoutMs: view.health.stageTimeoutMs,
    probeTimeoutMs: view.health.probeTimeoutMs,
    clock,
  });
  return watchPeer({
    peer: name,
    probe,
    thresholds: view.health,
    probeIntervalMs: view.health.probeIntervalMs,
    probeJitter: view.health.probeJitter,
    onEvent,
    clock,
  });
}

function limitOf({ delivery }: SiteView, route: Route): number {
  return route.startsWith('peer:') ? delivery.peerConnectionsMax : delivery.homeHostConnectionsMax;
}

function runningOn({ stats }: HopDeliverer): number {
  return stats.connections + stats.opening + stats.waiting;
}

function asUrlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function countEntries({ snapshot }: RecipientList): number | undefined {
  return snapshot?.domains.reduce((total, { entries }) => total + entries.length, 0);
}
