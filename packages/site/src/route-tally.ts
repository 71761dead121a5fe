// What happens on each route, told by the events and by the deliverers: how much waits, how fast the next hop answers.
//
// Waiting is counted from the spool when somebody asks, at most once a second: the spool is the truth.
import type { OnResult } from '@restante/delivery';
import type { Route } from '@restante/mail-model';
import type { Spool } from '@restante/spool';
import type { Clock } from '@restante/runtime';

export interface RouteTally {
  waiting(route: Route): number;
  /** Who wants to know how long transactions on this route take, and how they end. One a route. */
  onResult(route: Route, listener: OnResult): void;
  /** For the deliverer of the route. */
  resultOf(route: Route): OnResult;
}

const freshMs = 1000;

export function createRouteTally(spool: () => Spool, clock: Clock): RouteTally {
  const listeners = new Map<Route, OnResult>();
  let counted = new Map<Route, number>();
  let countedAtMs = Number.NEGATIVE_INFINITY;

  return {
    waiting(route) {
      if (clock.monotonicMs() - countedAtMs > freshMs) {
        counted = countByRoute(spool());
        countedAtMs = clock.monotonicMs();
      }
      return counted.get(route) ?? 0;
    },
    onResult: (route, listener) => void listeners.set(route, listener),
    resultOf: (route) => (durationMs, kinds) => listeners.get(route)?.(durationMs, kinds),
  };
}

function countByRoute(spool: Spool): Map<Route, number> {
  const counts = new Map<Route, number>();
  for (const { routes, held } of spool.list()) {
    if (held) continue;
    for (const route of routes) counts.set(route, (counts.get(route) ?? 0) + 1);
  }
  return counts;
}
