// endpoints.json: where everything listens, for scripts (design §4.7). Written when all of it is ready, taken away when it
// ends; rewritten when a node or a Redis was started anew by hand, so that its pids stay true.
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterTopology, SiteConfig } from '@restante/config';
import { writeFileDurably } from '@restante/runtime';
import { pathsIn, publicServices, siteFilesIn } from './layout.ts';
import type { DemoAccount } from './people.ts';
import { livePid } from './processes.ts';
import { nodeArgv, nodeMark } from './start-node.ts';
import { redisMark } from './start-redis.ts';

export interface SiteEndpoints {
  /** Absent while the node does not run. */
  readonly pid?: number;
  readonly smtp: string;
  readonly smtpAlt?: string;
  readonly submission?: string;
  readonly submissions?: string;
  readonly imap?: string;
  readonly imaps?: string;
  readonly pop3?: string;
  readonly pop3s?: string;
  readonly web?: string;
  readonly webTls?: string;
  readonly http: string;
  readonly redis: string;
  readonly redisPid?: number;
  readonly dir: string;
  readonly home: readonly string[];
  readonly backup: readonly string[];
  readonly config: string;
  readonly start: readonly string[];
}

export interface Endpoints {
  readonly sites: Readonly<Record<string, SiteEndpoints>>;
  readonly dns: string;
  readonly accounts: readonly DemoAccount[];
  readonly ca: string;
}

export interface EndpointsSource {
  readonly dir: string;
  readonly topology: ClusterTopology;
  readonly dns: string;
  readonly accounts: readonly DemoAccount[];
}

export async function findEndpoints({
  dir,
  topology,
  dns,
  accounts,
}: EndpointsSource): Promise<Endpoints> {
  const sites = await Promise.all(
    topology.sites.map(
      async (site) => [site.name, await endpointsOf(site, dir, topology)] as const,
    ),
  );
  return { sites: Object.fromEntries(sites), dns, accounts, ca: join(topology.pkiDir, 'ca.crt') };
}

/** It holds passwords, so it is the owner's alone. */
export async function writeEndpoints(dir: string, endpoints: Endpoints): Promise<void> {
  await writeFileDurably(pathsIn(dir).endpoints, `${JSON.stringify(endpoints, undefined, 2)}\n`, {
    mode: 0o600,
  });
}

export async function removeEndpoints(dir: string): Promise<void> {
  await unlink(pathsIn(dir).endpoints).catch(() => undefined); // Not there is what was wanted.
}

async function endpointsOf(
  site: SiteConfig,
  dir: string,
  { domains }: ClusterTopology,
): Promise<SiteEndpoints> {
  const files = siteFilesIn(site.dir);
  const { config } = pathsIn(dir);
  const [pid, redisPid] = [
    await livePid(files.pid, nodeMark),
    await livePid(files.redisPid, redisMark),
  ];
  return {
    ...(pid === undefined ? {} : { pid }),
    smtp: site.listen.smtp,
    ...Object.fromEntries(
      publicServices.flatMap((service) => {
        const address = site.listen[service];
        return address === undefined ? [] : [[service, address]];
      }),
    ),
    http: site.listen.http,
    redis: site.redis.url.replace(/^redis:\/\//, ''),
    ...(redisPid === undefined ? {} : { redisPid }),
    dir: site.dir,
    home: domains.filter((domain) => domain.home === site.name).map((domain) => domain.name),
    backup: domains
      .filter((domain) => domain.backups.includes(site.name))
      .map((domain) => domain.name),
    config,
    start: nodeArgv({ site: site.name, config }),
  };
}
