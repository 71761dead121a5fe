// Messages that have nothing to try on a route at the moment although they are pending there: their domain is held, or their
// home refused them and others are still under way. Kept in memory, found out again when they come due: so they are taken off
// the timetable once instead of every minute.
import type { Route } from '@restante/mail-model';

export interface KeptBack {
  note(id: string, route: Route): void;
  has(id: string, route: Route): boolean;
  /** The message was released: it is looked at again. */
  forget(id: string): void;
  /** A domain was released: who knows which of them it was. */
  clear(): void;
  /** Drops what is no longer there. */
  prune(isThere: (id: string) => boolean): void;
}

export function createKeptBack(): KeptBack {
  const byRoute = new Map<Route, Set<string>>();
  return {
    note(id, route) {
      const ids = byRoute.get(route);
      if (ids === undefined) byRoute.set(route, new Set([id]));
      else ids.add(id);
    },
    has: (id, route) => byRoute.get(route)?.has(id) === true,
    forget(id) {
      for (const ids of byRoute.values()) ids.delete(id);
    },
    clear: () => byRoute.clear(),
    prune(isThere) {
      for (const ids of byRoute.values()) for (const id of ids) if (!isThere(id)) ids.delete(id);
    },
  };
}
