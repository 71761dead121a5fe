// Where everything of a quickstart lies and listens. Pure.
//
//   port = base + 20 x site + service        D/<site>/            the site's own state, token, node.pid, node.log
//   0 smtp   1 smtpAlt  2 submission         D/<site>/redis/      its Redis
//   3 submissions  4 imap  5 imaps           D/pki/               the cluster's keys
//   6 pop3   7 pop3s    8 http               D/restante.toml      the cluster file
//   9 peerApi  10 redis  11 web  12 webTls   D/accounts.json      demo people and their passwords
//   base + 40: the demo DNS                  D/endpoints.json     where everything listens, once it does
import { join } from 'node:path';

export const demoSites = ['shanghai', 'us'] as const;
export type DemoSite = (typeof demoSites)[number];

const portOffsets = {
  smtp: 0,
  smtpAlt: 1,
  submission: 2,
  submissions: 3,
  imap: 4,
  imaps: 5,
  pop3: 6,
  pop3s: 7,
  http: 8,
  peerApi: 9,
  redis: 10,
  web: 11,
  webTls: 12,
} as const;
/** What a site listens on for the world and its own people; the keys of [site.listen] and of endpoints.json. */
export const publicServices = [
  'smtp',
  'smtpAlt',
  'submission',
  'submissions',
  'imap',
  'imaps',
  'pop3',
  'pop3s',
  'web',
  'webTls',
] as const satisfies readonly (keyof typeof portOffsets)[];
export type Service = keyof typeof portOffsets;
export type SitePorts = Readonly<Record<Service, number>>;

export interface DemoPorts {
  readonly sites: Readonly<Record<DemoSite, SitePorts>>;
  readonly dns: number;
}

export interface SiteTraits {
  readonly hostname: string;
  readonly timezone: string;
  readonly domain: string;
}

export const traits: Readonly<Record<DemoSite, SiteTraits>> = {
  shanghai: {
    hostname: 'mx.shanghai.example',
    timezone: 'Asia/Shanghai',
    domain: 'shanghai.example',
  },
  us: { hostname: 'mx.us.example', timezone: 'America/New_York', domain: 'us.example' },
};

/** The one that keeps this site's mail while it is away. */
export function backupOf(site: DemoSite): DemoSite {
  return site === 'shanghai' ? 'us' : 'shanghai';
}

export const defaultBasePort = 2500;
const siteStride = 20;
export const portsNeeded: number = demoSites.length * Object.keys(portOffsets).length + 1;

export function portsFrom(basePort: number): DemoPorts {
  const ofSite = (index: number) => mapPorts((offset) => basePort + index * siteStride + offset);
  return {
    sites: { shanghai: ofSite(0), us: ofSite(1) },
    dns: basePort + demoSites.length * siteStride,
  };
}

/** From any free ports, as many as portsNeeded. */
export function portsOutOf(free: readonly number[]): DemoPorts {
  const rest = [...free];
  const ofSite = () => mapPorts(() => rest.shift() ?? 0);
  return { sites: { shanghai: ofSite(), us: ofSite() }, dns: rest.shift() ?? 0 };
}

export function allPorts({ sites, dns }: DemoPorts): readonly number[] {
  return [...demoSites.flatMap((site) => Object.values(sites[site])), dns];
}

export interface DemoPaths {
  readonly config: string;
  readonly pki: string;
  readonly accounts: string;
  readonly endpoints: string;
  /** What this directory was made with, so that a second start finds the same ports. */
  readonly made: string;
  readonly pid: string;
}

export function pathsIn(dir: string): DemoPaths {
  return {
    config: join(dir, 'restante.toml'),
    pki: join(dir, 'pki'),
    accounts: join(dir, 'accounts.json'),
    endpoints: join(dir, 'endpoints.json'),
    made: join(dir, 'quickstart.json'),
    pid: join(dir, 'quickstart.pid'),
  };
}

/** Files of one site that both the quickstart and `restante site` use. */
export function siteFilesIn(siteDir: string): {
  readonly pid: string;
  readonly log: string;
  readonly redis: string;
  readonly redisPid: string;
} {
  const redis = join(siteDir, 'redis');
  return {
    pid: join(siteDir, 'node.pid'),
    log: join(siteDir, 'node.log'),
    redis,
    redisPid: join(redis, 'redis.pid'),
  };
}

function mapPorts(port: (offset: number) => number): SitePorts {
  const entries = Object.entries(portOffsets).map(([name, offset]) => [name, port(offset)]);
  return Object.fromEntries(entries) as SitePorts;
}
