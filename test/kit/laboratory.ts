// Two sites and a DNS of our own, so that everything a site believes of a stranger is what a test says: lists, SPF, signatures, names.
//
// Strangers come from 127.0.0.x; 127.0.0.1 is the sites themselves, 127.0.0.2 the test entry of every list (RFC 5782 §5). The line to
// DNS can be cut, for everything or for some names.
import type { Zone, ZoneNode } from '@restante/dns';
import { startCluster, type Cluster } from './cluster.ts';
import { startDnsLine, type DnsLine } from './dns-line.ts';
import { startZoneDns } from './zone-dns.ts';

export type SiteName = 'shanghai' | 'us';

export interface LaboratoryOptions {
  /** Besides what the demo domains publish. */
  readonly zone?: Zone;
  /** Lines of [block_lists]. */
  readonly lists?: string;
  /** Tables for the end of the cluster file. */
  readonly settings?: string;
  /** Tables of one site only: "[site.judging]" and the like; without them sites judge alike. */
  readonly atSite?: Partial<Record<SiteName, string>>;
  /** Lines of [policy]. */
  readonly policy?: string;
}

export interface Laboratory extends AsyncDisposable {
  readonly cluster: Cluster;
  /** Between the sites and the name server. */
  readonly dnsLine: DnsLine;
  /** Records besides those of the demo domains, from now on; answers are remembered for a second. */
  setZone(zone: Zone): void;
}

export async function startLaboratory(options: LaboratoryOptions = {}): Promise<Laboratory> {
  const stack = new AsyncDisposableStack();
  try {
    const cluster = stack.use(await startCluster());
    const own = await publishedBy(cluster);
    const server = stack.use(await startZoneDns(joined(own, options.zone ?? {})));
    const dnsLine = stack.use(await startDnsLine(server.address));
    await cluster
      .reconfigure((text) => reconfigured(text, dnsLine.address, options))
      .catch(async (cause: unknown) => {
        const { stdout, stderr } = await cluster.cli('config', 'check');
        throw new Error(`${stdout}${stderr}`, { cause });
      });
    return {
      cluster,
      dnsLine,
      setZone: (zone) => server.setZone(joined(own, zone)),
      [Symbol.asyncDispose]: async () => stack[Symbol.asyncDispose](),
    };
  } catch (cause) {
    await stack[Symbol.asyncDispose]();
    throw cause;
  }
}

function reconfigured(
  text: string,
  dns: string,
  {
    lists = '',
    settings = '',
    atSite = {},
    policy = 'harvest_unknown_max = 1000',
  }: LaboratoryOptions,
): string {
  let changed = text.replace(/^dns_servers = .*$/m, `dns_servers = ["${dns}"]`);
  for (const site of ['shanghai', 'us'] as const) {
    const tables = atSite[site] ?? '';
    changed = changed.replace(
      new RegExp(`\\[\\[site\\]\\]\\nname = "${site}"[^]*?\\n(?=\\n\\[\\[)`),
      (table) => `${withoutTables(table, `[site.judging]\n${tables}`)}${tables}\n`,
    );
  }
  const more = [
    `[policy]\n${policy}`,
    `[block_lists]\nprivate_addresses = true\nbudget = "500ms"\n${lists}`,
    settings,
  ].join('\n');
  return `${withoutTables(changed, more)}\n${more}\n`;
}

/** What the quickstart says in tables that a test writes anew is gone. */
function withoutTables(text: string, tables: string): string {
  const headings = new Set(tables.match(/^\[[^\]]+\]$/gm));
  return text
    .split(/^(?=\[)/m)
    .filter((table) => !headings.has(table.split('\n', 1)[0] ?? ''))
    .join('');
}

interface Published {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** What the operator of the demo domains would have put into DNS. */
async function publishedBy(cluster: Cluster): Promise<Zone> {
  const zone: Record<string, ZoneNode> = {};
  for (const { home } of Object.values(cluster.endpoints.sites))
    for (const domain of home) {
      const { stdout } = await cluster.cli('domain', 'dns', domain, '--json');
      for (const record of JSON.parse(stdout) as Published[])
        zone[record.name] = withRecord(zone[record.name] ?? {}, record);
    }
  return zone;
}

function withRecord(node: ZoneNode, { type, value }: Published): ZoneNode {
  if (type === 'A') return { ...node, A: ['127.0.0.1'] };
  if (type === 'TXT') {
    const text = [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, part = '']) => part);
    const before = node.TXT ?? [];
    const isThere = before.some((each) => each.join('') === text.join(''));
    return isThere ? node : { ...node, TXT: [...before, text] };
  }
  const match = /^(\d+) (\S+)\.$/.exec(value);
  if (type !== 'MX' || match === null) return node;
  const exchange = { priority: Number(match[1]), exchange: match[2] ?? '' };
  return { ...node, MX: [...(node.MX ?? []), exchange] };
}

function joined(own: Zone, more: Zone): Zone {
  return { ...own, ...more };
}

/** A list of addresses that is well and has these entries; every entry is "127.0.0.2" unless it says otherwise. */
export function addressList(
  zone: string,
  entries: Readonly<Record<string, string | ZoneNode>>,
): Zone {
  const nameOf = (address: string) => `${address.split('.').toReversed().join('.')}.${zone}`;
  return Object.fromEntries([
    [nameOf('127.0.0.2'), { A: ['127.0.0.2'] }],
    ...Object.entries(entries).map(([address, entry]) => [
      nameOf(address),
      typeof entry === 'string' ? { A: [entry] } : entry,
    ]),
  ]);
}

/** A mail server whose address has a name that leads back. */
export function namedHost(name: string, address: string): Zone {
  const pointer = `${address.split('.').toReversed().join('.')}.in-addr.arpa`;
  return { [name]: { A: [address] }, [pointer]: { PTR: [name] } };
}
