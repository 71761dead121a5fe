// How the gauges of this site are read when Prometheus asks. A reader that fails is left out of that scrape.
import { peerStates, type LabelledValue, type Metrics } from '@restante/metrics';
import type { Route } from '@restante/mail-model';
import type { OperationsParts } from './operations/site-operations.ts';

const holders = ['health', 'operator'] as const;

export function exposeGauges(metrics: Metrics, site: OperationsParts): void {
  const { relayParts: parts, gates, keepers, counters, routes } = site;
  const stats = () => parts.spool.stats();
  metrics.gauge('restante_accepting', () => (parts.spool.isFull() ? 0 : 1));
  metrics.gauge('restante_spool_messages', () => stats().messages);
  metrics.gauge('restante_spool_bytes', () => stats().sizeBytes);
  metrics.gauge('restante_spool_held', () => stats().held);
  metrics.gauge('restante_disk_free_bytes', () => stats().diskFreeBytes);
  metrics.gauge('restante_spool_oldest_age_seconds', () => {
    const { oldestAcceptedAtMs } = stats();
    return oldestAcceptedAtMs === undefined ? 0 : (parts.clock.now() - oldestAcceptedAtMs) / 1000;
  });
  metrics.gauge(
    'restante_certificate_expires_timestamp_seconds',
    () => site.certificates.expiresAtMs / 1000,
  );
  metrics.gauge('restante_list_well', () =>
    site.judging.lists
      .health()
      .map(({ zone, state }) => ({ labels: { zone }, value: state === 'well' ? 1 : 0 })),
  );
  metrics.gauge('restante_doctor_findings', () => {
    const findings = site.doctor.last()?.findings ?? [];
    const counts = Map.groupBy(findings, ({ check, state }) => `${check} ${state}`);
    return [...counts].map(([key, found]) => {
      const [check = '', state = ''] = key.split(' ');
      return { labels: { check, state }, value: found.length };
    });
  });
  const { totals } = site.reports;
  if (totals !== undefined) {
    metrics.gauge('restante_reported_complaints', () => totals().complaints);
    metrics.gauge('restante_reported_dmarc_messages', () => totals().dmarcMessages);
    metrics.gauge('restante_reported_dmarc_unaligned', () => totals().dmarcUnaligned);
  }
  metrics.gauge('restante_redis_up', () => (parts.queue.isReachable ? 1 : 0));
  metrics.gauge('restante_queue_jobs', async () =>
    (await Promise.all(routes.map(async (route) => jobsOf(site, route)))).flat(),
  );
  metrics.gauge('restante_route_held', () =>
    routes.flatMap((route) =>
      holders.map((by) => ({
        labels: { route, by },
        value: gates.heldBy(route).includes(by) ? 1 : 0,
      })),
    ),
  );
  metrics.gauge('restante_drain_messages_per_second', () =>
    routes.map((route) => ({ labels: { route }, value: counters.ratePerSecond(route) })),
  );
  metrics.gauge('restante_drain_eta_seconds', async () =>
    (await Promise.all(routes.map(async (route) => etaOf(site, route)))).flat(),
  );
  metrics.gauge('restante_peer_state', () =>
    keepers.flatMap((keeper) =>
      peerStates.map((state) => ({
        labels: { peer: keeper.name, state },
        value: keeper.health().state === state ? 1 : 0,
      })),
    ),
  );
  metrics.gauge('restante_mirror_age_seconds', () =>
    keepers.flatMap((keeper) => {
      const { ageMs } = keeper.mirror();
      return ageMs === undefined ? [] : [{ labels: { peer: keeper.name }, value: ageMs / 1000 }];
    }),
  );
  metrics.gauge('restante_mirror_recipients', () =>
    keepers.map((keeper) => ({
      labels: { peer: keeper.name },
      value: keeper.mirror().recipients ?? 0,
    })),
  );
}

async function jobsOf(
  { relayParts: { queue } }: OperationsParts,
  route: Route,
): Promise<readonly LabelledValue[]> {
  if (!queue.isReachable) return [];
  const { waiting, delayed, active } = await queue.counts(route);
  return Object.entries({ waiting, delayed, active }).map(([state, value]) => ({
    labels: { route, state },
    value,
  }));
}

async function etaOf(
  { relayParts: { queue }, counters }: OperationsParts,
  route: Route,
): Promise<readonly LabelledValue[]> {
  const rate = counters.ratePerSecond(route);
  if (rate === 0 || !queue.isReachable) return [];
  const { waiting, delayed, active } = await queue.counts(route);
  return [{ labels: { route }, value: (waiting + delayed + active) / rate }];
}
