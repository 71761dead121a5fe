// Where a drill happens: a home, a domain of it that has a backup, and that backup.
import type { ClusterTopology, SiteConfig } from '@restante/config';
import { siteNamed } from '../cli.ts';
import { CliError } from '../errors.ts';

export interface DrillPlace {
  readonly domain: string;
  readonly home: SiteConfig;
  readonly backup: SiteConfig;
}

/** Without a name: the first home in the file whose mail somebody backs up. */
export function choosePlace({ sites, domains }: ClusterTopology, home?: string): DrillPlace {
  if (home !== undefined) siteNamed(sites, home);
  for (const { name, home: site, backups } of domains) {
    const [backup] = backups;
    if (site === undefined || backup === undefined || (home ?? site) !== site) continue;
    return { domain: name, home: siteNamed(sites, site), backup: siteNamed(sites, backup) };
  }
  throw new CliError(
    'WRONG_USE',
    `No domain ${home === undefined ? '' : `of ${home} `}has a backup; there is nothing to drill.`,
  );
}
