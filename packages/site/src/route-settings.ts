// What the cluster file says of one route or domain, in the form the relay asks for.
import type { Route } from '@restante/mail-model';
import type { SiteView } from './cluster-config.ts';

/** Sign between a person and her tag, by domain. */
export function tagSeparators({
  topology,
}: Pick<SiteView, 'topology'>): (domain: string) => string {
  const byName = new Map(topology.domains.map(({ name, tagSeparator }) => [name, tagSeparator]));
  return (domain) => byName.get(domain) ?? '';
}

/** Attempts on a route at the same time. */
export function concurrencyOf(view: SiteView, route: Route): number {
  if (route === 'local') return view.retry.localConcurrencyMax;
  if (route === 'internet') return view.retry.internetConcurrencyMax;
  return route.startsWith('peer:')
    ? view.delivery.peerConnectionsMax
    : view.delivery.homeHostConnectionsMax;
}
