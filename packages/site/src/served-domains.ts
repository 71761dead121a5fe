// What the world may know of a domain of this cluster: which site does what for it. The mailboxes are at its home alone; its
// people send where they read.
import type { ServedDomain, ServiceName, ServingSite } from '@restante/client-settings';
import type { SiteConfig } from '@restante/config';
import type { SiteView } from './cluster-config.ts';
import { splitEndpoint } from './split-endpoint.ts';

const services = [
  'submission',
  'submissions',
  'imap',
  'imaps',
  'pop3',
  'pop3s',
] as const satisfies readonly ServiceName[];

/** Undefined for a domain that has no home here. */
export function servedDomain(
  { topology }: Pick<SiteView, 'topology'>,
  name: string,
): ServedDomain | undefined {
  const domain = topology.domains.find((each) => each.name === name);
  const home = topology.sites.find((site) => site.name === domain?.home);
  if (domain === undefined || home === undefined) return undefined;
  const backups = domain.backups.flatMap(
    (backup) => topology.sites.find((site) => site.name === backup) ?? [],
  );
  return {
    name,
    sites: [
      { hostname: home.hostname, ports: portsOf(home) },
      ...backups.map((site): ServingSite => ({ hostname: site.hostname, ports: {} })),
    ],
  };
}

/** Host names under our domains that programs ask for, which the certificate should name. */
export function clientNames({
  site,
  topology,
}: Pick<SiteView, 'site' | 'topology'>): readonly string[] {
  return topology.domains
    .filter(({ home }) => home === site.name)
    .flatMap(({ name }) =>
      ['autoconfig', 'autodiscover', 'mta-sts'].map((label) => `${label}.${name}`),
    );
}

function portsOf({ listen }: SiteConfig): ServingSite['ports'] {
  return Object.fromEntries(
    services.flatMap((service) => {
      const endpoint = listen[service];
      return endpoint === undefined ? [] : [[service, splitEndpoint(endpoint).port]];
    }),
  );
}
