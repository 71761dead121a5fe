// Decides where a recipient's mail goes next. Pure: topology in, route out; the only place that knows.
//
//   the domain's home is this site        -> local
//   its home is another site              -> peer:<home>
//   its home is a plain SMTP host         -> host:<domain>
//   nobody in the cluster keeps it        -> internet
import { domainOf, type Route } from '@restante/mail-model';

/** The part of a domain's configuration that routing looks at. */
export interface RoutedDomain {
  readonly name: string;
  readonly home?: string;
  readonly homeHost?: string;
  readonly backups: readonly string[];
}

/** What this site is to a domain. */
export type DomainRole = 'home' | 'backup' | 'foreign';

export interface Router {
  routeOf(recipient: string): Route;
  /** "backup" only where the cluster file names this site as one; other cluster domains are foreign at the edge. */
  roleFor(domain: string): DomainRole;
  /** The domains that this site is that to, in the order of the cluster file. */
  domainsOf(role: Exclude<DomainRole, 'foreign'>): readonly string[];
  /** True for every domain of the cluster, whoever keeps it. */
  isOurs(domain: string): boolean;
}

export function createRouter(site: string, domains: readonly RoutedDomain[]): Router {
  const byName = new Map(domains.map((domain) => [domain.name, describe(site, domain)]));
  return {
    routeOf: (recipient) => byName.get(domainOf(recipient))?.route ?? 'internet',
    roleFor: (domain) => byName.get(domain)?.role ?? 'foreign',
    domainsOf: (role) =>
      domains.map(({ name }) => name).filter((name) => byName.get(name)?.role === role),
    isOurs: (domain) => byName.has(domain),
  };
}

function describe(site: string, domain: RoutedDomain): { role: DomainRole; route: Route } {
  if (domain.home === site) return { role: 'home', route: 'local' };
  const role = domain.backups.includes(site) ? 'backup' : 'foreign';
  const route: Route = domain.home === undefined ? `host:${domain.name}` : `peer:${domain.home}`;
  return { role, route };
}
