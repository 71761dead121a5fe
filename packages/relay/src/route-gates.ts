// Which routes stand still, and who says so: health (the home is away) and the operator are counted separately, and a
// route moves only when neither holds it.
//
// Standing still is a matter of this process: its worker takes nothing from the timetable. So it works while Redis is away
// and cannot be lost with it. The operator's holds are on disk (holds.ts), those of health are found out again at start.
import type { EventSink, Route } from '@restante/mail-model';
import type { RouteWorker } from '@restante/retry-queue';
import type { Holds } from './holds.ts';

export type Holder = 'health' | 'operator';

export interface RouteGates {
  /** Hands over the worker of a route; it is stopped at once if somebody holds the route. */
  attach(route: Route, worker: RouteWorker): void;
  /** Resolves when nothing more is begun on the route; what is under way ends by itself. */
  hold(route: Route, by: Holder): Promise<void>;
  unhold(route: Route, by: Holder): Promise<void>;
  heldBy(route: Route): readonly Holder[];
}

export function createRouteGates(holds: Holds, onEvent: EventSink): RouteGates {
  const workers = new Map<Route, RouteWorker>();
  const byHealth = new Set<Route>();
  const heldBy = (route: Route): readonly Holder[] => {
    const operator = holds.routes.has(route);
    if (byHealth.has(route)) return operator ? ['health', 'operator'] : ['health'];
    return operator ? ['operator'] : [];
  };
  const apply = (route: Route) => {
    const worker = workers.get(route);
    if (worker === undefined) return;
    // It takes nothing more from now on. What is under way is not waited for: a delivery that hangs in a dead connection would
    // keep the route from being released when its home is back.
    if (heldBy(route).length > 0) void worker.quiesce();
    else worker.resume();
  };

  return {
    attach(route, worker) {
      workers.set(route, worker);
      apply(route);
    },
    async hold(route, by) {
      const isNew = !heldBy(route).includes(by);
      if (by === 'operator') await holds.holdRoute(route);
      else byHealth.add(route);
      if (isNew) onEvent({ name: 'route.held', route, by });
      apply(route);
    },
    async unhold(route, by) {
      const wasHeld = heldBy(route).includes(by);
      if (by === 'operator') await holds.unholdRoute(route);
      else byHealth.delete(route);
      if (wasHeld) onEvent({ name: 'route.released', route, by });
      apply(route);
    },
    heldBy,
  };
}
