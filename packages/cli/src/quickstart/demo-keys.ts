// Signatures of the demo domains: every site has the keys of both, as in a real cluster, because both may send for both.
import { join } from 'node:path';
import { openDkimKeys, recordOf, type DkimKeys, type DkimRecord } from '@restante/dkim';
import { systemClock } from '@restante/runtime';
import { siteOf, type ClusterConfig } from '@restante/site';

/** Made with the first start, kept after it; gives what DNS publishes of them. */
export async function settleDemoKeys(config: ClusterConfig): Promise<readonly DkimRecord[]> {
  const books = config.topology.sites.map(
    ({ name, dir }) => [name, openKeys(config, name, dir)] as const,
  );
  const records: DkimRecord[] = [];
  for (const { name, home } of config.topology.domains) {
    const own = books.find(([site]) => site === home)?.[1];
    if (own === undefined) continue;
    records.push(...(await own.make(name)).map(recordOf));
    const copy = await own.export(name);
    for (const [site, keys] of books) if (site !== home) await keys.import(copy);
  }
  return records;
}

function openKeys(config: ClusterConfig, site: string, dir: string): DkimKeys {
  const settings = siteOf(config, site)?.dkim ?? config.dkim;
  return openDkimKeys({ dir: join(dir, 'dkim'), clock: systemClock, config: settings });
}
