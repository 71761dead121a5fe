// Where a message goes next. A route is the unit that is timed, paused and paced.
//   local          a mailbox of this site
//   peer:<site>    another site of the cluster
//   host:<name>    a home that is not Restante (a plain SMTP host behind our backup MX)
//   internet       the MX of the recipient's domain
export type Route = 'local' | 'internet' | `peer:${string}` | `host:${string}`;

/** True for routes whose far end is ours to probe, so that they are paused as a whole (law 8 holds for them). */
export function isHomeRoute(route: Route): boolean {
  return route.startsWith('peer:') || route.startsWith('host:');
}

/** The part after the colon: a site's name or a host's label; empty for local and internet. */
export function routeTarget(route: Route): string {
  const colon = route.indexOf(':');
  return colon < 0 ? '' : route.slice(colon + 1);
}

/** Reads a route that a person or a file gave us. */
export function isRoute(text: string): text is Route {
  return text === 'local' || text === 'internet' || /^(peer|host):[a-z0-9][a-z0-9.-]*$/.test(text);
}
