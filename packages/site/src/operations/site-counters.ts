// Counts what the status page shows, from the same events the metrics are made of: totals since start, and how fast each
// route moves (deliveries of the last half minute).
import { createRateMeter, type RateMeter } from '@restante/health';
import type { RestanteEvent, Route } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';

export interface SiteCounters {
  record(event: RestanteEvent): void;
  readonly totals: {
    accepted: number;
    delivered: number;
    deferred: number;
    rejected: number;
    bounced: number;
    duplicates: number;
  };
  /** Recipients delivered per second on this route, over the last half minute. */
  ratePerSecond(route: Route): number;
  /** Smoothed time from the last byte to the 250, milliseconds: what a draining peer looks at. */
  readonly acceptLatencyMs: number;
}

const smoothing = 0.05;

export function createSiteCounters(clock: Clock): SiteCounters {
  const totals = { accepted: 0, delivered: 0, deferred: 0, rejected: 0, bounced: 0, duplicates: 0 };
  const routes = new Map<Route, RateMeter>();
  let acceptLatencyMs = 0;
  const meterOf = (route: Route): RateMeter => {
    const meter = routes.get(route) ?? createRateMeter();
    routes.set(route, meter);
    return meter;
  };

  return {
    totals,
    record(event) {
      switch (event.name) {
        case 'message.accepted':
          totals.accepted += 1;
          acceptLatencyMs += (event.durationMs - acceptLatencyMs) * smoothing;
          break;
        case 'message.delivered':
          totals.delivered += 1;
          meterOf(event.route).add(clock.now());
          break;
        case 'message.deferred':
          totals.deferred += 1;
          break;
        case 'message.rejected':
        case 'message.expired':
          totals.rejected += 1;
          break;
        case 'message.bounced':
          totals.bounced += 1;
          break;
        case 'message.duplicate':
          totals.duplicates += 1;
          break;
        default:
      }
    },
    ratePerSecond: (route) => routes.get(route)?.ratePerSecond(clock.now()) ?? 0,
    get acceptLatencyMs() {
      return acceptLatencyMs;
    },
  };
}
