// The cluster file of a quickstart. Everything is on loopback, so what an internet edge does against strangers from one
// address would only meet the drills; the comments say what differs from a real cluster and why.
import { backupOf, demoSites, publicServices, traits } from './layout.ts';
import type { DemoPorts, DemoSite } from './layout.ts';

export function clusterToml({ sites, dns }: DemoPorts): string {
  return `# Made by the quickstart; yours to change. It is kept as long as the ports stay the same.
# Every setting is explained in deploy/restante.example.toml (or: restante config example).

[cluster]
name = "demo"
pki_dir = "pki"
dns_servers = ["127.0.0.1:${dns}"]   # the quickstart's own; it knows the demo domains and nothing else

${demoSites.map((site) => siteTable(site, sites[site])).join('\n')}
${demoSites.map(domainTable).join('\n')}
# Everybody here comes from 127.0.0.1: load drills would meet the limits for a single stranger.
[limits]
connections_max = 4000
connections_per_address_max = 2000

[imap]
connections_per_address_max = 2000

[policy]
connections_per_minute = 1000000
messages_per_minute = 1000000
recipients_per_minute = 1000000
harvest_unknown_max = 100
harvest_network_unknown_max = 1000

# A demo should not keep anybody waiting.
[health]
probe_interval = "1s"

[recipients]
refresh_interval = "2s"

# Replies to demo mail stay in the laboratory.
[delivery]
allow_private_addresses = true
`;
}

function siteTable(site: DemoSite, ports: DemoPorts['sites'][DemoSite]): string {
  const { hostname, timezone } = traits[site];
  return `[[site]]
name = "${site}"
hostname = "${hostname}"
timezone = "${timezone}"
dir = "${site}"
[site.listen]
${publicServices.map((service) => `${snakeCase(service)} = "127.0.0.1:${ports[service]}"`).join('\n')}
http = "127.0.0.1:${ports.http}"
peer_api = "127.0.0.1:${ports.peerApi}"
[site.public]
smtp = "127.0.0.1:${ports.smtp}"
api = "127.0.0.1:${ports.peerApi}"
[site.redis]
url = "redis://127.0.0.1:${ports.redis}"
${judging[site]}`;
}

/** Shanghai's customers hear from people behind bad neighbours; the US can afford to be strict. */
const judging: Readonly<Record<DemoSite, string>> = {
  shanghai: '',
  us: `[site.judging]
spf_on_fail = "refuse"
refuse_points = 12
`,
};

function domainTable(site: DemoSite): string {
  return `[[domain]]
name = "${traits[site].domain}"
home = "${site}"
backups = ["${backupOf(site)}"]
`;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
