// One site, from its disk to its doors, in start order; everything is closed in reverse.
//
// Order that matters: the spool is opened before the edge (250 means on disk), the edge does not wait for Redis, for peers
// or for old segments (law 3), and the doors for operators open last, so that "ready" is true when it can be asked.
import { createMetrics } from '@restante/metrics';
import { createMessageIdMaker, type EventSink, type Route } from '@restante/mail-model';
import { createForwarder, createLocalDeliverer, createOwnRecipients } from '@restante/primary-node';
import type { Deliverer } from '@restante/delivery';
import {
  createKeptBack,
  createRouteGates,
  createRouter,
  createTimetable,
  startRelay,
  type RelayParts,
} from '@restante/relay';
import { systemClock, type Logger } from '@restante/runtime';
import { buildDeliverers } from './build-deliverers.ts';
import { siteOf, type ClusterConfig } from './cluster-config.ts';
import { logEvents } from './event-log.ts';
import { noteAbsences } from './note-absences.ts';
import { keepHomes } from './keep-homes.ts';
import { openDoctor } from './open-doctor.ts';
import { openDoors } from './open-doors.ts';
import { noteUnreachable } from './note-unreachable.ts';
import { openFront } from './open-front.ts';
import { openKeys } from './open-people.ts';
import { openReports } from './open-reports.ts';
import { openQueue, refuseWrongRedis } from './open-queue.ts';
import { openStores } from './open-stores.ts';
import { createMailboxOperations } from './operations/mailbox-operations.ts';
import { createPeerOperations, createSiteOperations } from './operations/site-operations.ts';
import { createSiteCounters } from './operations/site-counters.ts';
import { readSitePki } from './pki/read-site-pki.ts';
import { exposeGauges } from './expose-gauges.ts';
import { createForwardSeal } from './seal-forwards.ts';
import { concurrencyOf, tagSeparators } from './route-settings.ts';
import { tellBackups } from './tell-backups.ts';
import { createRouteTally } from './route-tally.ts';

export const version = '0.1.0';

export interface RunSiteOptions {
  readonly config: ClusterConfig;
  readonly site: string;
  readonly logger: Logger;
  /** For settings that name a variable ("env:NAME"). */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface RunningSite extends AsyncDisposable {
  /** By the keys of [site.listen]; only what listens. */
  readonly ports: Readonly<Record<string, number>>;
}

/** Resolves when the site accepts mail. Throws what the operator has to mend before it can. */
export async function runSite({
  config,
  site: name,
  logger,
  environment = {},
}: RunSiteOptions): Promise<RunningSite> {
  const view = siteOf(config, name);
  if (view === undefined) throw new Error(`The cluster file has no site "${name}".`);
  const clock = systemClock;
  const startedMs = clock.monotonicMs();
  const startedAtMs = clock.now();
  await using stack = new AsyncDisposableStack();

  const metrics = createMetrics({ site: name, version });
  const counters = createSiteCounters(clock);
  const listeners: EventSink[] = [metrics.record, counters.record, logEvents(logger)];
  const onEvent: EventSink = (event) => {
    for (const listener of listeners) listener(event);
  };

  const pki = await readSitePki(view.topology.pkiDir, name, clock);
  const router = createRouter(name, view.topology.domains);
  const stores = await openStores({ view, router, onEvent, clock, logger, stack });
  listeners.push((event) => stores.timeline.record(event), noteAbsences(stores, clock));

  const queue = stack.use(openQueue(view, { onEvent, logger }));
  await refuseWrongRedis(queue);
  const gates = createRouteGates(stores.holds, onEvent);
  const timetable = createTimetable({
    queue,
    onEvent,
    isStill: (route) => gates.heldBy(route).length > 0,
  });
  const tally = createRouteTally(() => stores.spool, clock);
  const homes = buildDeliverers({
    view,
    pki,
    clock,
    onResult: (route) => tally.resultOf(route),
    onEvent,
    isOpen: (route) => gates.heldBy(route).length === 0,
    transportSecurity: view.transport_security,
    stateDir: view.site.dir,
  });
  stack.use(homes.security);
  for (const hop of homes.hops.values()) stack.use(hop);
  const deliverers = new Map<Route, Deliverer>([
    ...homes.hops,
    ['internet', stack.use(homes.internet)],
  ]);
  const { mailboxes } = stores;
  const keys = openKeys({ view, clock, logger });
  const seal = createForwardSeal({ view, resolver: homes.resolver, keys, clock });
  const forward = createForwarder({ spool: stores.spool, timetable, seal });
  const shared = { view, pki, homes, keys, onEvent, clock, logger, stack };
  const reports = openReports({ ...shared, stores, timetable });
  if (mailboxes !== undefined)
    deliverers.set(
      'local',
      createLocalDeliverer({
        store: mailboxes,
        forward,
        tagSeparatorOf: tagSeparators(view),
        onEvent,
        ...(reports.onDelivered === undefined ? {} : { onDelivered: reports.onDelivered }),
      }),
    );

  const parts: RelayParts = {
    site: name,
    hostname: view.site.hostname,
    spool: stores.spool,
    queue,
    timetable,
    router,
    holds: stores.holds,
    keptBack: createKeptBack(),
    ids: createMessageIdMaker(),
    schedule: view.retry,
    delivererOf: (route) => deliverers.get(route),
    awayMs: (hop, sinceMs, untilMs) => stores.outages.awayMs(hop, sinceMs, untilMs),
    onEvent,
    clock,
  };
  const own =
    mailboxes === undefined
      ? undefined
      : createOwnRecipients({
          site: name,
          domains: view.topology.domains.filter(({ home }) => home === name),
          store: mailboxes,
          clock,
        });
  const routes = [...deliverers.keys()];
  const relay = stack.use(
    startRelay({
      parts,
      routes,
      gates,
      concurrencyOf: (route) => concurrencyOf(view, route),
      reconcileIntervalMs: view.relay.reconcileIntervalMs,
      retryAfterFaultMs: view.retry.retryAfterFaultMs,
    }),
  );
  const { outages } = stores;
  const keepers = await keepHomes({ ...shared, relay, gates, queue, outages, tally });
  listeners.push((event) => noteUnreachable(event, keepers));

  const front = await openFront({
    ...shared,
    sectionsOf: (each) => config.bySite[each],
    stores,
    parts,
    own,
    reports,
    environment,
    keepers,
  });
  const { people } = front;
  if (people !== undefined) listeners.push((event) => people.guard.onEvent(event));
  const operations = {
    relayParts: parts,
    relay,
    gates,
    routes,
    keepers,
    timeline: stores.timeline,
    counters,
    mailboxes,
    mailboxWork:
      mailboxes === undefined
        ? undefined
        : stack.use(
            createMailboxOperations({ store: mailboxes, siteDir: view.site.dir, clock, logger }),
          ),
    certificates: front.certificates,
    sendTally: people?.tally,
    suspensions: people?.guard.suspensions,
    judging: front.judging,
    reports,
    doctor: openDoctor({ ...shared, lists: front.judging.lists, keepers }),
    ownSnapshot: () => own?.snapshot,
    startedAtMs,
    version,
  };
  exposeGauges(metrics, operations);
  const doors = await openDoors({
    view,
    pki,
    logger,
    metrics,
    isAccepting: () => !stores.spool.isFull(),
    operations: createSiteOperations(operations),
    peerOperations: createPeerOperations(operations),
    stack,
  });
  void tellBackups(view, homes, logger);
  onEvent({
    name: 'site.started',
    site: name,
    durationMs: clock.monotonicMs() - startedMs,
    held: stores.spool.stats().messages,
  });
  stack.defer(() => onEvent({ name: 'site.stopping', site: name }));

  const running = stack.move();
  return {
    ports: { ...front.ports, ...doors },
    [Symbol.asyncDispose]: async () => running.disposeAsync(),
  };
}
